import { type FileHandle, open } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { WriteLock } from "./write-lock.ts";

/** The log is written back into the database when it is longer than this, bytes. */
export const LONG_LOG = 8 * 2 ** 20;
const CHECKPOINT_INTERVAL_MS = 1_000;

/**
 * SQLite's write-ahead log, off the event loop. With `synchronous = NORMAL` a commit appends to the
 * log and leaves the sync to us (https://www.sqlite.org/pragma.html#pragma_synchronous): a thread of
 * the pool does it. Commits made while the disk was busy share the next sync. Another thread writes
 * the log back into the database.
 */
export class Wal {
  readonly #path: string;
  readonly #lock: WriteLock;
  #opening: Promise<FileHandle> | null = null;
  /** Commits so far, and how many of them are known to be on the disk. */
  #committed = 0;
  #synced = 0;
  #syncing: Promise<void> | null = null;
  #failure: unknown = null;
  #worker: Worker | null = null;
  #checkpointing: Promise<void> | null = null;
  #checkpointedAt = performance.now();
  #isClosed = false;

  constructor(databasePath: string, lock: WriteLock) {
    this.#path = databasePath;
    this.#lock = lock;
  }

  /** Call after each commit. */
  grew(): void {
    this.#committed++;
  }

  /** Why a sync has failed. What the disk holds is not known from then on. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Something was committed that is not known to be on the disk. */
  get isBehind(): boolean {
    return this.#failure === null && this.#synced < this.#committed;
  }

  /** Resolves when all that was committed before this call is on the disk. */
  async durable(): Promise<void> {
    const until = this.#committed;
    while (this.#synced < until) {
      if (this.#failure !== null) throw this.#failure;
      this.#syncing ??= this.#sync().finally(() => {
        this.#syncing = null;
      });
      await this.#syncing;
    }
  }

  /** Stops what runs. Closing the last connection then writes the log back and removes it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#checkpointing;
    await this.#worker?.terminate();
    await this.#syncing?.catch(() => undefined);
    await (await this.#opening)?.close();
  }

  async #sync(): Promise<void> {
    const upTo = this.#committed;
    this.#opening ??= open(`${this.#path}-wal`, "r");
    try {
      const file = await this.#opening;
      await file.datasync();
      this.#synced = upTo;
      await this.#checkpointIfLong(file);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async #checkpointIfLong(file: FileHandle): Promise<void> {
    const now = performance.now();
    if (this.#isClosed || this.#checkpointing || now < this.#checkpointedAt + CHECKPOINT_INTERVAL_MS) return;
    this.#checkpointedAt = now;
    if ((await file.stat()).size < LONG_LOG) return;
    // A failure, such as a full disk, leaves the log as it is: the next one tries again.
    this.#checkpointing = this.#checkpoint()
      .catch(() => undefined)
      .finally(() => {
        this.#checkpointing = null;
      });
  }

  async #checkpoint(): Promise<void> {
    await this.#askWorker();
    // SQLite begins the log anew only when all of it is written back, so writers wait for the rest.
    const release = await this.#lock.take();
    try {
      await this.#askWorker();
    } finally {
      release();
    }
  }

  #askWorker(): Promise<void> {
    this.#worker ??= this.#startWorker();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      worker.once("message", (error: string | null) => (error === null ? resolve() : reject(new Error(error))));
      worker.postMessage("checkpoint");
    });
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), { workerData: this.#path });
    worker.unref();
    return worker;
  }
}
