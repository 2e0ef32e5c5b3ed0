import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Receipt } from "../../../protocol/signed/receipt.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { FairQueue } from "./fair-queue.ts";
import { type ClaimedVoucher, runTask, type SigningTask } from "./signing-task.ts";

/** Signatures of one piece, some 3 ms: what one account may keep the others waiting for. */
const PIECE = 32;
/** So few take less time here than the way to a thread. */
const AT_ONCE = 4;
/** Pieces that a thread has: one to work on, and one that waits for it. */
const PIECES_OF_THREAD = 2;
const MAX_THREADS = 4;

type Results = ReturnType<typeof runTask>;

interface Piece {
  readonly task: SigningTask;
  readonly done: PromiseWithResolvers<Results>;
}

interface Thread {
  readonly worker: Worker;
  /** In the order in which it answers. */
  readonly pieces: Piece[];
}

/**
 * Signs and recovers beside the event loop, which goes on with other requests. Accounts have their
 * turns one after the other, so a flood of one of them slows no other's push (decision 019).
 */
export class SigningThreads {
  readonly #queue = new FairQueue<Piece>();
  readonly #threads = new Set<Thread>();
  readonly #count: number;

  /** Threads start when they are needed first. */
  constructor(count = Math.min(Math.max(1, availableParallelism() - 1), MAX_THREADS)) {
    this.#count = count;
  }

  /** Who has signed each voucher; null: nobody. */
  async recover(
    owner: Address,
    separator: DomainSeparator,
    vouchers: readonly ClaimedVoucher[],
  ): Promise<(Address | null)[]> {
    const signers = await this.#run(owner, vouchers, (items) => ({ kind: "recover", separator, items }));
    return signers as (Address | null)[];
  }

  /** The receipts' signatures by the allotter's secret. */
  async sign(
    owner: Address,
    separator: DomainSeparator,
    receipts: readonly Receipt[],
    secret: Uint8Array,
  ): Promise<Hex[]> {
    const signatures = await this.#run(owner, receipts, (items) => ({ kind: "sign", separator, items, secret }));
    return signatures as Hex[];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  async #run<Item>(
    owner: Address,
    items: readonly Item[],
    taskOf: (part: readonly Item[]) => SigningTask,
  ): Promise<Results> {
    if (items.length <= AT_ONCE) return runTask(taskOf(items));
    const results: Promise<Results>[] = [];
    for (let at = 0; at < items.length; at += PIECE) {
      const piece = { task: taskOf(items.slice(at, at + PIECE)), done: Promise.withResolvers<Results>() };
      this.#queue.push(owner, piece);
      results.push(piece.done.promise);
    }
    this.#handOut();
    return (await Promise.all(results)).flat();
  }

  #handOut(): void {
    for (;;) {
      const thread = this.#freeThread();
      const piece = thread && this.#queue.shift();
      if (!piece) return;
      thread.pieces.push(piece);
      thread.worker.postMessage(piece.task);
    }
  }

  #freeThread(): Thread | null {
    let least: Thread | null = null;
    for (const thread of this.#threads) if (!least || thread.pieces.length < least.pieces.length) least = thread;
    if (this.#threads.size < this.#count && (!least || least.pieces.length > 0)) return this.#start();
    return least && least.pieces.length < PIECES_OF_THREAD ? least : null;
  }

  #start(): Thread {
    const worker = new Worker(new URL("./signing-thread.ts", import.meta.url));
    const thread: Thread = { worker, pieces: [] };
    this.#threads.add(thread);
    const end = (error: Error): void => {
      if (!this.#threads.delete(thread)) return;
      for (const { done } of thread.pieces.splice(0)) done.reject(error);
      this.#handOut();
    };
    worker.on("message", (results: Results) => {
      thread.pieces.shift()?.done.resolve(results);
      this.#handOut();
    });
    worker.on("error", end);
    worker.on("exit", () => end(new Error("the thread that signs has ended")));
    // The authority's server keeps the process alive, not an idle thread.
    worker.unref();
    return thread;
  }
}
