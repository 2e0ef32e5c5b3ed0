import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Transfer } from "./run-transfer.ts";

/** Debian's own Python, since its libtorrent binding belongs to no other. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = join(import.meta.dirname, "libtorrent-peer.py");
const GIB = 2 ** 30;

export async function hasLibtorrent(): Promise<boolean> {
  const child = spawn(PYTHON, ["-c", "import libtorrent"], { stdio: "ignore" });
  const failed = once(child, "error").then(() => [1]);
  const [code] = await Promise.race([once(child, "exit"), failed]);
  return code === 0;
}

/** The same transfer with libtorrent at both ends. */
export async function runLibtorrent(options: {
  readonly metainfoPath: string;
  readonly seedDirectory: string;
  readonly directory: string;
  readonly port: number;
}): Promise<Transfer> {
  const { metainfoPath, seedDirectory, directory, port } = options;
  const start = (role: string, path: string): ChildProcess =>
    spawn(PYTHON, ["-W", "ignore::DeprecationWarning", SCRIPT, role, metainfoPath, path, String(port)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
  const lineOf = async (child: ChildProcess): Promise<string> => {
    if (!child.stdout) throw new Error("no output");
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return String(line);
  };
  const seeder = start("seed", seedDirectory);
  try {
    await lineOf(seeder);
    const leecher = start("download", directory);
    const [seconds, bytes, cpu] = (await lineOf(leecher)).split(" ").map(Number) as [number, number, number];
    const leecherCpuPerGiB = (cpu * GIB) / bytes;
    return { bytesPerSecond: bytes / seconds, leecherCpuPerGiB, seederCpuPerGiB: Number.NaN, turnaround: null };
  } finally {
    seeder.stdin?.end("\n");
    await once(seeder, "exit");
  }
}
