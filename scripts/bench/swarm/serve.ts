import type { CrowdSpec, FromChild, PeerReport, ToChild } from "./child.ts";

/**
 * What a process full of peers does when the bench says so. Imports nothing of Floodgate: the free
 * side runs it, too.
 */
export interface Crowd {
  /** Seeders: resolves when all are announced. Leechers: when all could start. */
  setUp(spec: CrowdSpec): Promise<void>;
  /** Leechers: all start at once. Resolves when all are done, and have paid for it. */
  go(onComplete: (name: string) => void): Promise<void>;
  /** Leaves the swarm. */
  stop(): Promise<readonly PeerReport[]>;
}

export function say(message: FromChild): void {
  process.send?.(message);
}

export function fail(error: unknown): void {
  say({ type: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

/** Runs a crowd as a child of the bench. */
export function serveBench(crowd: Crowd): void {
  const obey = async (message: ToChild): Promise<void> => {
    switch (message.type) {
      case "setup":
        await crowd.setUp(message.spec);
        say({ type: "ready" });
        break;
      case "go":
        await crowd.go((name) => say({ type: "complete", name, atMs: Date.now() }));
        say({ type: "finished" });
        break;
      case "stop": {
        const { user, system } = process.cpuUsage();
        const peers = await crowd.stop();
        say({ type: "report", peers, cpuMs: (user + system) / 1000 });
      }
    }
  };
  process.on("message", (message: ToChild) => void obey(message).catch(fail));
  process.on("uncaughtException", fail);
  process.once("disconnect", () => process.exit(1));
}
