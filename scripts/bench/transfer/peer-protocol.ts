import type { Fault } from "./bad-seller.ts";
import type { TraceEvent } from "./window-trace.ts";

/**
 * What the processes of one transfer tell each other over Node's IPC: all figures are the peer's
 * own.
 */
export type PeerReport =
  /** It listens (seeder) or has joined (leecher). */
  | { readonly type: "ready"; readonly torrentPort: number }
  /** The first piece is verified: the clock starts. */
  | { readonly type: "first" }
  | { readonly type: "done"; readonly seconds: number; readonly bytes: number; readonly cpuSeconds: number }
  /** Answer to `cpu`: user and system time of this process so far. */
  | { readonly type: "cpu"; readonly cpuSeconds: number }
  /** Answer to `trace`. */
  | { readonly type: "trace"; readonly events: readonly TraceEvent[] };

export type PeerOrder = "cpu" | "trace" | "stop";

export interface TransferJob {
  readonly role: "seed" | "download";
  readonly metainfoPath: string;
  /** The file to seed, or the directory to download into. */
  readonly path: string;
  /** Ports of the seeders, or of the proxies in front of them. */
  readonly seederPorts: readonly number[];
  /** How a seeder cheats; null: it is honest. */
  readonly fault: Fault | null;
  /** Of the paid peer's account; empty for a free one. */
  readonly home: string;
  /** Replaces the authority's tracker: the proxy that rewrites ports; empty for the real one. */
  readonly trackerUrl: string;
  /** The paid peer keeps a trace of its windows. */
  readonly isTraced: boolean;
}

export function report(message: PeerReport): void {
  process.send?.(message);
}

export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Reports the first verified piece and the last; both sides of the comparison use it. */
export function createStopwatch(pieceBytes: number, sizeBytes: number): { piece(): void; done(): void } {
  let startedAt = 0;
  let cpuAtStart = 0;
  return {
    piece() {
      if (startedAt > 0) return;
      startedAt = performance.now();
      cpuAtStart = cpuSeconds();
      report({ type: "first" });
    },
    done() {
      const seconds = (performance.now() - startedAt) / 1_000;
      report({ type: "done", seconds, bytes: sizeBytes - pieceBytes, cpuSeconds: cpuSeconds() - cpuAtStart });
    },
  };
}
