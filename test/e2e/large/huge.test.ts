import { randomBytes } from "node:crypto";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command, Line } from "../../../scripts/devnet/command.ts";
import { startWorld } from "../../support/world.ts";

const MIB = 2 ** 20;
/** Large enough for pieces of 16 MiB. Holes are read, some 3 GB a second. */
const SIZE = 450 * 2 ** 30;
const PIECE = 16 * MIB;
const WRITTEN = [0, 1_000 * PIECE + 5 * MIB, SIZE - MIB];
/** Of one process, whatever the size. */
const ROOM = 2 ** 30;

/** Most memory that the process has had (proc_pid_status(5), VmHWM). */
function mostOf({ pid }: Command): number {
  return 1_024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

function read(path: string, at: number, bytes: number): Buffer {
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(bytes);
  readSync(file, buffer, 0, bytes, at);
  closeSync(file);
  return buffer;
}

/** Minutes. The TiB itself, once, is in docs/figures.md. */
test.runIf(process.env.FLOODGATE_DEEP === "1" && process.platform === "linux")(
  "450 GiB are published, seeded and bought in part by real processes, whose memory stays flat",
  async () => {
    await using world = await startWorld();
    const { runner, directory } = world;
    const [seller, buyer, reader] = await Promise.all([
      world.customer("seller"),
      world.customer("buyer"),
      world.customer("reader"),
    ]);
    const folder = join(directory, "large");
    const path = join(folder, "disk.img");
    mkdirSync(folder);
    const file = openSync(path, "w");
    ftruncateSync(file, SIZE);
    for (const at of WRITTEN) writeSync(file, randomBytes(MIB), 0, MIB, at);
    closeSync(file);
    const notes = randomBytes(2 * PIECE + 5);
    writeFileSync(join(folder, "notes.bin"), notes);

    const lines: Line[] = [];
    let most = 0;
    const publish = runner.start(["publish", folder, "--price", "0.01", "--home", seller.home], (line) => {
      lines.push(line);
      most = Math.max(most, line.event === "progress" ? mostOf(publish) : 0);
    });
    expect(await publish.exited()).toBe(0);
    const { infoHash, pieceLength } = lines.at(-1) as Line;
    expect(pieceLength).toBe(PIECE);
    expect(most).toBeLessThan(ROOM);

    const id = String(infoHash);
    const seed = runner.start(["seed", id, "--file", folder, "--home", seller.home]);
    await seed.event("ready");
    const out = join(directory, "out");
    await runner.run(["get", id, "--files", "notes.bin", "--out", out, "--home", buyer.home]);
    expect(readFileSync(join(out, "large", "notes.bin")).equals(notes)).toBe(true);
    const proxy = runner.start(["proxy", "--out", join(directory, "cache"), "--home", reader.home]);
    const { url } = await proxy.event("ready");
    for (const at of WRITTEN) {
      const range = `bytes=${at}-${at + MIB - 1}`;
      const reply = await fetch(`${url}${id}/disk.img`, { headers: { range } });
      expect(reply.headers.get("content-range")).toBe(`bytes ${at}-${at + MIB - 1}/${SIZE}`);
      expect(Buffer.from(await reply.arrayBuffer()).equals(read(path, at, MIB))).toBe(true);
    }
    for (const process of [seed, proxy]) expect(mostOf(process)).toBeLessThan(ROOM);
    await Promise.all([seed, proxy].map((process) => process.stop()));
  },
);
