import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PLAYABLE_BYTES } from "../../../client/stream/stream-server.ts";
import type { CommandRunner } from "../../devnet/command.ts";
import { type Steps, splitSteps, type TimedLine } from "./steps.ts";

/** One `floodgate get --stream`, from the moment it is given. Milliseconds. */
export interface FirstByte {
  /** The first piece is verified. */
  readonly firstByteMs: number;
  /** The first 256 KiB were read from the URL. */
  readonly playableMs: number;
  readonly steps: Steps;
}

export interface Content {
  readonly infoHash: string;
  /** Of its only seeder. */
  readonly torrentPort: number;
}

/** Downloads into a fresh directory, and stops when it can be played. */
export async function runGet(
  runner: CommandRunner,
  directory: string,
  home: string,
  { infoHash, torrentPort }: Content,
): Promise<FirstByte> {
  const out = join(directory, "out");
  mkdirSync(out);
  const lines: TimedLine[] = [];
  const startedAt = performance.now();
  const get = runner.start(["get", infoHash, "--out", out, "--stream", "--home", home], (line) => {
    lines.push({ atMs: performance.now() - startedAt, line });
  });
  try {
    const { url } = await get.event("stream");
    const response = await fetch(String(url), { headers: { range: `bytes=0-${PLAYABLE_BYTES - 1}` } });
    const { length } = await response.bytes();
    if (length !== PLAYABLE_BYTES) throw new Error(`the URL gave ${length} bytes`);
    const playableMs = performance.now() - startedAt;
    const steps = splitSteps(lines, torrentPort);
    const firstByteMs = Object.values(steps).reduce((sum, ms) => sum + ms, 0);
    return { firstByteMs, playableMs, steps };
  } finally {
    await get.stop();
    rmSync(out, { recursive: true, force: true });
  }
}
