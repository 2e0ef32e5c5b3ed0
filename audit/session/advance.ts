import type { BlockFacts, ChainReader } from "../chain/chain-reader.ts";
import { findContractWallets } from "../chain/contract-wallets.ts";
import type { AuditedContract } from "../chain/find-contract.ts";
import { streamHistory } from "../chain/read-history.ts";
import type { ObservedRun } from "../replay/create-run.ts";
import { replayHistory } from "../replay/replay.ts";
import type { Progress } from "../replay/run.ts";
import type { AuditObserver } from "./audit-options.ts";
import type { AuditStore } from "./audit-store.ts";
import { checkUnchanged } from "./check-unchanged.ts";
import { checkBirth, type Start } from "./start.ts";

/** A checkpoint is kept on the way after so many blocks, or transactions. */
const CHECKPOINT_BLOCKS = 100_000;
const CHECKPOINT_TRANSACTIONS = 1_000;

interface Parts {
  readonly chain: ChainReader;
  readonly contract: AuditedContract;
  readonly store: AuditStore;
  readonly start: Start;
  readonly signal: AbortSignal;
  readonly reached: ((block: number) => void) | undefined;
  /** Resumes from this progress, or begins. */
  create(progress: Progress | null): Following;
}

/** A replay, and those that follow it. */
interface Following {
  readonly run: ObservedRun;
  readonly observers: readonly AuditObserver[];
}

/**
 * Replays block after block, with checkpoints on the way. What observers want to see again is
 * replayed without one, and taken back before the next blocks.
 */
export class Advance {
  readonly #parts: Parts;
  #following: Following;
  #saved: BlockFacts | null;
  /** Neither the run nor the store is beyond the checkpoint. */
  #isAtCheckpoint = true;

  constructor(parts: Parts, at: { readonly block: BlockFacts; readonly progress: Progress } | null) {
    this.#parts = parts;
    this.#saved = at?.block ?? null;
    this.#following = parts.create(at?.progress ?? null);
  }

  get run(): ObservedRun {
    return this.#following.run;
  }

  readonly advance = async (to: BlockFacts): Promise<void> => {
    const { chain, start } = this.#parts;
    if (!this.#isAtCheckpoint) this.#rewind();
    if (this.#saved) await checkUnchanged(chain, this.#saved);
    const after = this.#saved?.number ?? start.fromBlock - 1;
    this.#isAtCheckpoint = false;
    const kept = await this.#readAhead(after, to.number);
    if (kept > after) {
      const block = kept === to.number ? to : await chain.block(kept);
      await this.#replay(after + 1, kept, "with checkpoints");
      await checkUnchanged(chain, block);
      this.#save(block);
    } else if (this.#saved) {
      this.#save(this.#saved);
    }
    this.#isAtCheckpoint = kept >= to.number;
    if (this.#isAtCheckpoint) return;
    await this.#replay(Math.max(kept, after) + 1, to.number, "for now");
    await checkUnchanged(chain, to);
  };

  /** Returns the last block that nobody needs to see again. */
  async #readAhead(after: number, to: number): Promise<number> {
    let kept = to;
    for (const { readAhead } of this.#following.observers)
      kept = Math.min(kept, (await readAhead?.(this.#parts.chain, { after, to })) ?? to);
    return kept;
  }

  async #replay(fromBlock: number, toBlock: number, how: "with checkpoints" | "for now"): Promise<void> {
    const { chain, contract, signal, start, reached } = this.#parts;
    const { run } = this;
    const { rules, token } = contract;
    const range = { contract: rules.contract, token: token.address, fromBlock, toBlock };
    let saved = { block: fromBlock - 1, transactions: run.tallies.transactions };
    for await (const { transactions, readTo } of streamHistory(chain, range)) {
      signal.throwIfAborted();
      if (start.isLookedUp && run.tallies.transactions === 0 && transactions.length > 0)
        checkBirth(transactions[0], start.fromBlock);
      for (const wallet of await findContractWallets(chain, run.domain, transactions)) run.contractWallets.add(wallet);
      replayHistory(run, transactions);
      if (readTo !== null) reached?.(readTo);
      if (readTo === null || readTo === toBlock || how === "for now") continue;
      const isDue =
        readTo - saved.block >= CHECKPOINT_BLOCKS ||
        run.tallies.transactions - saved.transactions >= CHECKPOINT_TRANSACTIONS;
      if (!isDue) continue;
      this.#save(await chain.block(readTo));
      saved = { block: readTo, transactions: run.tallies.transactions };
    }
    if (start.isLookedUp && run.tallies.transactions === 0) checkBirth(undefined, start.fromBlock);
  }

  #save(block: BlockFacts): void {
    const { store, contract, start } = this.#parts;
    this.#saved = block;
    for (const observer of this.#following.observers) observer.keep?.();
    store.save(contract.rules, { fromBlock: start.fromBlock, block, progress: this.run });
  }

  /** Back to the last checkpoint, or to the beginning. */
  #rewind(): void {
    const { store, create } = this.#parts;
    this.#following = create(store.rewind());
    this.#isAtCheckpoint = true;
  }
}
