import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, mutantPath } from "./sandbox.ts";
import type { Order, Verdict } from "./worker.ts";

/** Far more than a good one takes on a busy machine: gas ends most loops first. */
const LIMIT_MS = 240_000;
const START_MS = 600_000;

/** Judges mutants in processes of their own, each in its own directory. */
export class Judge implements Disposable {
  readonly #sandbox = createSandbox();
  #worker: ChildProcess | null = null;

  /** @returns `killed` by "time limit" when it does not end. @throws when the worker crashes, or tests fail without a mutation */
  async judge(order: Order): Promise<Verdict> {
    const worker = await this.#start();
    const verdict = nextVerdict(worker, LIMIT_MS);
    worker.send(order);
    const result = await verdict;
    if (result) return result;
    this.#stop();
    writeFileSync(mutantPath(this.#sandbox.root, order.file), order.original);
    return { status: "killed", by: "time limit" };
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#sandbox[Symbol.dispose]();
  }

  async #start(): Promise<ChildProcess> {
    if (this.#worker?.connected) return this.#worker;
    const worker = fork(join(import.meta.dirname, "worker.ts"), [this.#sandbox.root], { stdio: "ignore" });
    this.#worker = worker;
    const ready = await nextVerdict(worker, START_MS);
    if (ready?.status !== "ready") throw new Error(`no mutant can be judged: ${ready?.by ?? "the worker has ended"}`);
    return worker;
  }

  #stop(): void {
    this.#worker?.kill("SIGKILL");
    this.#worker = null;
  }
}

/** Null when none comes in time. @throws when the worker has ended */
function nextVerdict(worker: ChildProcess, limitMs: number): Promise<Verdict | null> {
  return new Promise((resolve, reject) => {
    const done = (verdict: Verdict | null): void => {
      clearTimeout(timer);
      worker.off("message", done).off("close", crash);
      resolve(verdict);
    };
    const crash = (code: number | null): void => {
      clearTimeout(timer);
      reject(new Error(`a worker has ended with ${code}`));
    };
    const timer = setTimeout(() => done(null), limitMs);
    worker.once("message", done).once("close", crash);
  });
}
