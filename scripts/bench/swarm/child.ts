import { type ChildProcess, fork } from "node:child_process";
import { FloodgateError } from "../../../protocol/base/errors.ts";

/**
 * What the bench and its processes say to each other, over Node's own channel between parent and
 * child.
 */

export interface PeerSpec {
  readonly name: string;
  /** Where the peer keeps what it has to keep. */
  readonly home: string;
}

/**
 * A process full of peers of one kind. The same for both sides; what only one of them needs is in
 * `network`.
 */
export interface CrowdSpec {
  readonly peers: readonly PeerSpec[];
  /** The file that all of them serve; null: they download it. */
  readonly original: string | null;
  /** Path of the metainfo. */
  readonly metainfo: string;
  /** Announce URL (free), address of the authority's API (paid). */
  readonly network: string;
  readonly infoHash: string;
  /** Base units per 2^30 bytes; decimal. */
  readonly pricePerGiB: string;
  readonly maxWires: number;
  /** Bytes a second of each peer; null: no limit. */
  readonly uploadLimit: number | null;
  /** They buy what they expect to sell, for this much; base units, decimal. Null: they want all. */
  readonly cache: { readonly budget: string; readonly stopLoss: string } | null;
}

export type ToChild = { readonly type: "setup"; readonly spec: CrowdSpec } | { readonly type: "go" | "stop" };

export type FromChild =
  | { readonly type: "ready" }
  /** All downloads are complete and paid for. */
  | { readonly type: "finished" }
  /** ms since 1970. */
  | { readonly type: "complete"; readonly name: string; readonly atMs: number }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "report"; readonly peers: readonly PeerReport[]; readonly cpuMs: number };

export interface PeerReport {
  readonly name: string;
  /** Payload. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Base units; decimal. */
  readonly paid: string;
  readonly earned: string;
}

/** A child of the bench, which ends with it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<FromChild["type"], PromiseWithResolvers<FromChild>>();
  #failure: FloodgateError | null = null;

  constructor(program: string, onMessage: (message: FromChild) => void) {
    this.#process = fork(program, { execArgv: ["--disable-warning=ExperimentalWarning"] });
    this.#process.on("message", (value) => {
      const message = value as FromChild;
      if (message.type === "failed") this.#fail(message.message);
      this.#waiting.get(message.type)?.resolve(message);
      onMessage(message);
    });
    this.#process.once("exit", (code, signal) => this.#fail(`a process of the bench ended: ${signal ?? code}`));
  }

  send(message: ToChild): void {
    this.#process.send(message);
  }

  /**
   * The next message of this type. @throws {FloodgateError} BENCH_FAILED when the process fails
   * before it
   */
  async next<Type extends FromChild["type"]>(type: Type): Promise<Extract<FromChild, { type: Type }>> {
    if (this.#failure) throw this.#failure;
    const waiting = Promise.withResolvers<FromChild>();
    this.#waiting.set(type, waiting);
    return (await waiting.promise) as Extract<FromChild, { type: Type }>;
  }

  kill(): void {
    this.#process.removeAllListeners("exit");
    this.#process.kill("SIGKILL");
  }

  #fail(message: string): void {
    this.#failure ??= new FloodgateError("BENCH_FAILED", message);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
  }
}
