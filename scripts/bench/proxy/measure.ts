import { rmSync } from "node:fs";
import { PLAYABLE_BYTES } from "../../../client/stream/stream-server.ts";
import type { CommandRunner } from "../../devnet/command.ts";

export interface Speed {
  /** From the command or the request until 256 KiB could be read. */
  readonly firstByteMs: number;
  /** From the first piece, or the first 256 KiB, to the last byte. */
  readonly mebibytesPerSecond: number;
}

/** `get --stream` for the first byte, and another `get` for its throughput, both from nothing. */
export async function measureGet(
  runner: CommandRunner,
  {
    id,
    home,
    out,
    bytes,
  }: { readonly id: string; readonly home: string; readonly out: string; readonly bytes: number },
): Promise<Speed> {
  const args = ["get", id, "--out", out, "--yes", "--home", home];
  const startedAtMs = performance.now();
  const stream = runner.start([...args, "--stream"]);
  const { url } = await stream.event("stream");
  const start = await fetch(String(url), { headers: { range: `bytes=0-${PLAYABLE_BYTES - 1}` } });
  await start.arrayBuffer();
  const firstByteMs = performance.now() - startedAtMs;
  await stream.stop();
  rmSync(out, { recursive: true, force: true });
  const times: number[] = [];
  const get = runner.start(args, ({ event }) => {
    if (event === "first-piece" || event === "done") times.push(performance.now());
  });
  if ((await get.exited()) !== 0) throw new Error("get failed");
  rmSync(out, { recursive: true, force: true });
  const [firstAtMs = 0, doneAtMs = 0] = times;
  return { firstByteMs, mebibytesPerSecond: mebibytesPerSecond(bytes, doneAtMs - firstAtMs) };
}

/** One request for all of it. */
export async function measureProxy(url: string): Promise<Speed> {
  const startedAtMs = performance.now();
  const response = await fetch(url);
  if (response.status !== 200 || response.body === null) throw new Error(`the proxy answers ${response.status}`);
  let bytes = 0;
  let firstAtMs = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (firstAtMs === 0 && bytes >= PLAYABLE_BYTES) firstAtMs = performance.now();
  }
  return {
    firstByteMs: firstAtMs - startedAtMs,
    mebibytesPerSecond: mebibytesPerSecond(bytes, performance.now() - firstAtMs),
  };
}

function mebibytesPerSecond(bytes: number, ms: number): number {
  return (1_000 * bytes) / 2 ** 20 / ms;
}
