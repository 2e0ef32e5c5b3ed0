import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { PeerOrder, PeerReport } from "./peer-protocol.ts";
import type { TraceEvent } from "./window-trace.ts";

export type PeerModule = "free-peer.ts" | "paid-peer.ts";

/** Starts a peer of the bench as a process and hears its reports. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<PeerReport["type"], PromiseWithResolvers<PeerReport>>();

  constructor(module: PeerModule, args: readonly string[], execArgv: readonly string[]) {
    this.#child = fork(join(import.meta.dirname, module), args, {
      execArgv: ["--disable-warning=ExperimentalWarning", ...execArgv],
    });
    this.#child.on("message", (message: PeerReport) => this.#wait(message.type).resolve(message));
    this.#child.once("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${module} ended with exit code ${code}`));
    });
  }

  #wait(type: PeerReport["type"]): PromiseWithResolvers<PeerReport> {
    const waiting = this.#waiting.get(type) ?? Promise.withResolvers<PeerReport>();
    waiting.promise.catch(() => undefined);
    this.#waiting.set(type, waiting);
    return waiting;
  }

  async hear<T extends PeerReport["type"]>(type: T): Promise<Extract<PeerReport, { type: T }>> {
    const message = (await this.#wait(type).promise) as Extract<PeerReport, { type: T }>;
    this.#waiting.delete(type);
    return message;
  }

  async cpuSeconds(): Promise<number> {
    return (await this.#ask("cpu")).cpuSeconds;
  }

  async trace(): Promise<readonly TraceEvent[]> {
    return (await this.#ask("trace")).events;
  }

  async #ask<T extends PeerOrder & PeerReport["type"]>(order: T): Promise<Extract<PeerReport, { type: T }>> {
    this.#child.send(order);
    return await this.hear(order);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, "exit");
    this.#child.send("stop");
    await closed;
  }
}
