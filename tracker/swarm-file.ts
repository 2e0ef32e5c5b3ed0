import { open, readFile, rename, rm } from "node:fs/promises";
import { decodeSnapshot, encodeHead, encodePeers } from "./core/snapshot.ts";
import type { Swarms } from "./core/swarms.ts";
import type { Torrents } from "./torrents.ts";

export interface SwarmFileOptions {
  readonly path: string;
  readonly swarms: Swarms;
  readonly torrents: Torrents;
  readonly lifetimeMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly log: (message: string) => void;
}

const SAVE_MS = 2_000;
/** Saving takes one part in so many of the time. */
const SHARE = 20;
/** Peers that are written before others get their turn: about 5 ms. */
const SLICE = 4_096;
const PRIVATE = 0o600;

/**
 * The swarms in a file, so that a tracker that was killed knows its peers when it is back. The file
 * is a copy that may be old, missing or damaged: peers announce again anyway.
 */
export class SwarmFile {
  readonly #options: SwarmFileOptions;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #isStopped = false;
  #hasFailed = false;

  constructor(options: SwarmFileOptions) {
    this.#options = options;
  }

  /** Peers that were heard of lately get their places back. */
  async load(): Promise<void> {
    const { path, swarms, torrents, lifetimeMs, now, wallClock, log } = this.#options;
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null) return;
    const snapshot = decodeSnapshot(bytes);
    if (snapshot === null) {
      log(`${path} is no file of a tracker, and is written anew`);
      return;
    }
    const sinceMs = wallClock() - snapshot.savedAt;
    // A clock that was set back says nothing about the age.
    if (sinceMs < 0) return;
    for (const { infoHash, sizeBytes, visitor, isComplete, agoMs } of snapshot.peers) {
      const age = agoMs + sinceMs;
      if (age >= lifetimeMs) continue;
      torrents.learn(infoHash, { isPaid: visitor.owner !== null, sizeBytes }, now());
      swarms.enter(infoHash, visitor, isComplete, now(), age);
    }
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      const startedAt = this.#options.now();
      this.#saving = this.#save().finally(() => this.#pause(this.#options.now() - startedAt));
    }, SAVE_MS);
  }

  /** Saves for the last time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#saving;
    await this.#save();
  }

  #pause(tookMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.start(), Math.max(0, SHARE * tookMs - SAVE_MS));
  }

  async #save(): Promise<void> {
    const { path, log } = this.#options;
    const temporary = `${path}.new`;
    try {
      await this.#write(temporary);
      await rename(temporary, path);
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) log(`cannot keep the swarms in ${path}: ${String(error)}`);
      this.#hasFailed = true;
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async #write(path: string): Promise<void> {
    const { swarms, torrents, now, wallClock } = this.#options;
    const sizeOf = (infoHash: string): number => torrents.get(infoHash, now())?.sizeBytes ?? 0;
    const file = await open(path, "w", PRIVATE);
    try {
      await file.write(encodeHead(wallClock()));
      for (let from = 0; from < swarms.peers.used; from += SLICE) {
        const to = Math.min(from + SLICE, swarms.peers.used);
        await file.writeFile(encodePeers(swarms, sizeOf, { from, to, now: now() }));
      }
    } finally {
      await file.close();
    }
  }
}
