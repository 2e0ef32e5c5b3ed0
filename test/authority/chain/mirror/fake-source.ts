import { keccak256, toHex } from "viem";
import type { Header } from "../../../../authority/chain/block.ts";
import { nameOf, type RecordName } from "../../../../authority/chain/mirror/contract-state.ts";
import type { MirrorEvent } from "../../../../authority/chain/mirror/mirror-events.ts";
import type { ChainSource, Readings } from "../../../../authority/chain/mirror/source.ts";
import { ChainError } from "../../../../protocol/base/errors.ts";
import { type Fold, fold } from "./fold.ts";

/** Number of the first block. */
export const FIRST = 10;

interface Made {
  readonly header: Header;
  readonly events: readonly MirrorEvent[];
}

/** A chain that the test makes and unmakes. What it says of its state is what its events say. */
export class FakeSource implements ChainSource {
  blocks: Made[] = [];
  confirmations = 2;
  /** Events that the node leaves out. */
  hidden = (_event: MirrorEvent): boolean => false;
  distrusted = 0;
  isPruned = false;
  failing = 0;
  #made = 0;

  /** A block on top; no two blocks have the same hash. */
  mine(events: readonly MirrorEvent[]): void {
    const number = FIRST + this.blocks.length;
    const hash = keccak256(toHex(this.#made++));
    const parentHash = this.blocks.at(-1)?.header.hash ?? keccak256("0x");
    const header = { number, hash, parentHash, timestamp: 1_000 + number };
    const placed = events.map((event, logIndex) =>
      event.type === "deposited" ? { ...event, block: number, logIndex } : { ...event, block: number },
    );
    this.blocks.push({ header, events: placed });
  }

  /** Takes the last `depth` blocks away. */
  reorganize(depth: number): void {
    this.blocks = this.blocks.slice(0, Math.max(1, this.blocks.length - depth));
  }

  /** What the chain's events come to, up to a block. */
  stateAt(number: number): Fold {
    return fold(this.blocks.filter(({ header }) => header.number <= number).flatMap(({ events }) => events));
  }

  /** What was paid in, in order. */
  depositsUpTo(number: number) {
    return this.blocks
      .filter(({ header }) => header.number <= number)
      .flatMap(({ events }) => events)
      .flatMap((event) => {
        if (event.type !== "deposited") return [];
        const { block, logIndex, account, amount } = event;
        return [{ block, logIndex, account, amount }];
      });
  }

  #check(): void {
    if (this.failing === 0) return;
    this.failing--;
    throw new ChainError("RPC_UNAVAILABLE", "the test has cut the line");
  }

  head = async (): Promise<Header> => {
    this.#check();
    return (this.blocks.at(-1) as Made).header;
  };
  header = async (number: number): Promise<Header | null> => {
    this.#check();
    return this.blocks[number - FIRST]?.header ?? null;
  };
  finalHeight = async (head: Header): Promise<number> => head.number - this.confirmations;
  eventsOf = async (block: Header): Promise<readonly MirrorEvent[]> => {
    this.#check();
    return (this.blocks[block.number - FIRST]?.events ?? []).filter((event) => !this.hidden(event));
  };
  eventsFrom = async (first: number, last: number) => {
    this.#check();
    const part = this.blocks.slice(first - FIRST, Math.min(last, first + 6) - FIRST + 1);
    const events = part.flatMap((block) => block.events).filter((event) => !this.hidden(event));
    return { events, to: (part.at(-1) as Made).header };
  };
  readAt = async (hash: string, names: readonly RecordName[]): Promise<Readings | null> => {
    this.#check();
    if (this.isPruned) return null;
    const block = this.blocks.find(({ header }) => header.hash === hash) as Made;
    const { terms, accounts } = this.stateAt(block.header.number);
    const values = new Map(
      names.map((name) => {
        const account = [...accounts].find(([key]) => nameOf.account(key) === name)?.[1];
        return [name, account?.nonce ?? 0n] as const;
      }),
    );
    return { batchCount: terms.batchCount, totalBalance: terms.totalBalance, values };
  };
  distrust = (): void => {
    this.distrusted++;
  };
}
