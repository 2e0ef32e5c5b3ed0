import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import { createSandbox, mutantPath } from "./sandbox.ts";
import type { Order, Verdict } from "./worker.ts";

export const TIME_LIMIT = "time limit";
/** Far more than a good one takes on a busy machine: gas ends most loops first. */
const LIMIT_MS = 240_000;
/** Compiles all tests and runs them. */
const START_MS = 3_600_000;
/** The test engine keeps some MB of each run for as long as its process lives. */
const MUTANTS_PER_WORKER = 300;

/** Which test file has killed where. */
export interface Kill {
  readonly file: string;
  readonly line: number;
  /** Test file. */
  readonly by: string;
}

/** Judges mutants in processes of their own, each in its own directory. */
export class Judge implements Disposable {
  readonly #sandbox = createSandbox();
  #worker: ChildProcess | null = null;
  #judged = 0;
  /** What is passed on to the next worker: the tests have passed without a mutation. */
  #isChecked = false;
  readonly #kills: Kill[];

  /** @param kills so far; what this one finds is added */
  constructor(kills: Kill[]) {
    this.#kills = kills;
  }

  /**
   * @param original the file without the mutation
   * @returns `killed` by TIME_LIMIT when it does not end
   * @throws when the worker crashes, or tests fail without a mutation
   */
  async judge({ file, line, text }: Mutant, original: string): Promise<Verdict> {
    const likely = rankKillers(this.#kills, file, line);
    const verdict = await this.#ask({ file, text, original, likely });
    if (verdict.status === "killed" && verdict.by) this.#kills.push({ file, line, by: verdict.by });
    return verdict;
  }

  async #ask(order: Order): Promise<Verdict> {
    if (this.#judged++ % MUTANTS_PER_WORKER === 0) this.#stop();
    const worker = await this.#start();
    const verdict = nextVerdict(worker, LIMIT_MS);
    worker.send(order);
    const result = await verdict;
    if (result) return result;
    this.#stop();
    writeFileSync(mutantPath(this.#sandbox.root, order.file), order.original);
    return { status: "killed", by: TIME_LIMIT };
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#sandbox[Symbol.dispose]();
  }

  async #start(): Promise<ChildProcess> {
    if (this.#worker) return this.#worker;
    const worker = fork(join(import.meta.dirname, "worker.ts"), [this.#sandbox.root, String(this.#isChecked)], {
      stdio: "ignore",
    });
    this.#worker = worker;
    const ready = await nextVerdict(worker, START_MS);
    if (ready?.status !== "ready") throw new Error("no mutant can be judged: tests fail without any");
    this.#isChecked = true;
    return worker;
  }

  #stop(): void {
    this.#worker?.kill("SIGKILL");
    this.#worker = null;
  }
}

/** Test files that have killed near a line come first. */
function rankKillers(kills: readonly Kill[], file: string, line: number): string[] {
  const scores = new Map<string, number>();
  for (const kill of kills.filter((one) => one.file === file)) {
    scores.set(kill.by, (scores.get(kill.by) ?? 0) + 1 / (1 + Math.abs(kill.line - line)) ** 2);
  }
  return [...scores].sort((a, b) => b[1] - a[1]).map(([by]) => by);
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
