import type { Logger } from "pino";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { ChainError } from "../../../protocol/base/errors.ts";
import type { Db, Store } from "../../store/database.ts";
import {
  clearMirror,
  deleteBlocksAfter,
  deleteBlocksBefore,
  findBlockBelow,
  findTip,
  insertBlock,
  listBlocks,
  readRecords,
  writeRecord,
} from "../../store/mirror/mirror-records.ts";
import { derivedAt, forgetUndo, undoAfter } from "../../store/mirror/undo-log.ts";
import type { Header } from "../block.ts";
import { findCommonBlock } from "./common-block.ts";
import type { MirrorEvent } from "./mirror-events.ts";
import { type NextRecords, nextRecords } from "./next-records.ts";
import { encodeRecord } from "./record-text.ts";
import type { ChainSource } from "./source.ts";

/**
 * The contract's state at the newest final block, in the store, as its events tell it. What follows
 * from a block goes away with it, at any depth that is kept.
 */
export interface Mirror {
  /** The newest followed block: final, as far as the chain says. Null before the first. */
  readonly tip: Header | null;
  /** The chain's newest block. */
  readonly head: Header | null;
  /** Follows the chain as far as it is final. @throws {ChainError} try again later */
  follow(): Promise<void>;
  /** Whether this block is final, and on the chain that is followed. */
  isFinal(block: number, hash: Hex): Promise<boolean>;
}

/** What else the store derives from events. It runs in the store transaction that follows them. */
export type Deriving = (
  db: Db,
  events: readonly MirrorEvent[],
  changed: NextRecords["records"],
  /** The block that ends them: that of the newest, or a later one. */
  block: Header,
) => Promise<void>;

/** From here on, blocks are followed one by one. */
const NEAR = 16;
/** How far back a reorganization is undone, blocks. */
const KEPT_BLOCKS = 100_000;
/** So often must mirror and contract differ in a row before all is followed anew. */
const MAX_DIFFERENCES = 8;

interface Followed {
  readonly block: Header;
  readonly events: readonly MirrorEvent[];
}

interface MirrorParts {
  readonly source: ChainSource;
  readonly store: Store;
  /** In which the contract was made. */
  readonly firstBlock: number;
  readonly derive: Deriving;
  readonly log: Logger;
}

export async function createMirror(parts: MirrorParts): Promise<Mirror> {
  return new StoredMirror(parts, await findTip(parts.store.db));
}

class StoredMirror implements Mirror {
  head: Header | null = null;
  tip: Header | null;
  readonly #parts: MirrorParts;
  /** How often in a row mirror and contract have differed. */
  #differences = 0;

  constructor(parts: MirrorParts, tip: Header | null) {
    this.#parts = parts;
    this.tip = tip;
  }

  async follow(): Promise<void> {
    const { source, firstBlock } = this.#parts;
    const newest = await source.head();
    await this.#unwind(newest);
    // What has no contract yet holds no money either.
    const last = Math.max(await source.finalHeight(newest), Math.min(firstBlock, newest.number));
    for (let first = this.#next; first <= last; first = this.#next) {
      const followed = await this.#read(first, last);
      await this.#keep(followed, followed.block.number === last);
      await this.#forget();
    }
    if (this.head?.hash !== newest.hash) this.head = newest;
  }

  async isFinal(number: number, hash: Hex): Promise<boolean> {
    if (this.tip === null || number > this.tip.number) return false;
    const stored = await findBlockBelow(this.#parts.store.db, number);
    if (stored?.number === number) return stored.hash === hash;
    return (await this.#parts.source.header(number))?.hash === hash;
  }

  get #next(): number {
    return this.tip === null ? this.#parts.firstBlock : this.tip.number + 1;
  }

  /** Takes back what followed from blocks that are no longer on the chain. */
  async #unwind(newest: Header): Promise<void> {
    const { source, store, firstBlock, log } = this.#parts;
    if (this.tip === null) return;
    const below = await findBlockBelow(store.db, newest.number);
    // Nothing that the chain says now contradicts what was followed: at most, it is shorter.
    if (below === null || (await source.header(below.number))?.hash === below.hash) return;
    const followed = await listBlocks(store.db, newest.number);
    const common = await findCommonBlock(followed, async (number) => (await source.header(number))?.hash ?? null);
    const block = common?.number ?? firstBlock - 1;
    const depth = this.tip.number - block;
    const undone = await store.transaction(async (trx) => {
      await deleteBlocksAfter(trx, block);
      return undoAfter(trx, block);
    });
    this.tip = common;
    log.warn({ depth, block, undone }, "the chain was reorganized: what followed from lost blocks is taken back");
  }

  async #read(first: number, last: number): Promise<Followed> {
    const { source } = this.#parts;
    if (last - first >= NEAR) {
      const { events, to } = await source.eventsFrom(first, last);
      return { block: to, events };
    }
    const block = await source.header(first);
    const { tip } = this;
    if (block === null || (tip?.number === first - 1 && block.parentHash !== tip.hash))
      throw new ChainError("RPC_UNAVAILABLE", `block ${first} does not follow the one before: the chain is changing`);
    return { block, events: await source.eventsOf(block) };
  }

  async #keep({ block, events }: Followed, isLast: boolean): Promise<void> {
    const { source, store, derive } = this.#parts;
    const next = await nextRecords({ source, block, events, isLast, read: (names) => readRecords(store.db, names) });
    if (next.difference !== null) return this.#doubt(block, next.difference);
    await store.transaction(async (trx) => {
      await insertBlock(trx, { ...block });
      if (next.records.size === 0 && events.length === 0) return;
      await derivedAt(trx, block.number, async () => {
        for (const [name, record] of next.records) await writeRecord(trx, name, encodeRecord(record));
        await derive(trx, events, next.records, block);
      });
    });
    this.tip = block;
    if (isLast) this.#differences = 0;
  }

  async #doubt(block: Header, difference: string): Promise<never> {
    const { source, store, log } = this.#parts;
    source.distrust(difference);
    if (++this.#differences >= MAX_DIFFERENCES) {
      log.error({ block: block.number, difference }, "events are missing: all are read anew");
      await store.transaction(clearMirror);
      [this.tip, this.#differences] = [null, 0];
    }
    throw new ChainError("RPC_UNAVAILABLE", `events up to block ${block.number} are incomplete: ${difference}`);
  }

  async #forget(): Promise<void> {
    if (this.tip === null || this.tip.number % 1_000 !== 0) return;
    const oldest = this.tip.number - KEPT_BLOCKS;
    await this.#parts.store.transaction(async (trx) => {
      await deleteBlocksBefore(trx, oldest);
      await forgetUndo(trx, oldest);
    });
  }
}
