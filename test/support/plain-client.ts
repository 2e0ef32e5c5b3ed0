import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Seconds without a byte after which aria2 gives up: its own option, no time of the test. */
const GIVE_UP_SEC = 60;

/**
 * True when Debian's `program` is here. In CI its absence is an error, elsewhere a visible skip.
 */
export function hasProgram(program: string): boolean {
  const isHere = spawnSync(program, ["--version"]).status === 0;
  if (!isHere && process.env.FLOODGATE_REQUIRE_DEBIAN === "1") throw new Error(`${program} is not installed`);
  return isHere;
}

export interface Download {
  /** 0: complete. */
  readonly exitCode: number;
  readonly payloadBytes: number;
  readonly path: string;
}

/**
 * Downloads with aria2, a BitTorrent client that knows nothing of Floodgate. `source`: a .torrent
 * file's bytes, or a magnet link (BEP 9). `giveUpSec`: how long it waits for a byte.
 */
export async function downloadWithAria2(
  directory: string,
  source: Uint8Array | string,
  giveUpSec = GIVE_UP_SEC,
): Promise<Download> {
  mkdirSync(directory, { recursive: true });
  const torrent = typeof source === "string" ? source : join(directory, "content.torrent");
  if (typeof source !== "string") writeFileSync(torrent, source);
  const out = join(directory, "out");
  const options = ["--no-conf", "--seed-time=0", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false"];
  const files = ["--file-allocation=none", "--disk-cache=0", `--dir=${out}`, torrent];
  const stops = [`--bt-stop-timeout=${giveUpSec}`, "--listen-port=40000-60000", "--quiet"];
  const child = spawn("aria2c", [...options, ...stops, ...files], { stdio: "ignore" });
  const [exitCode] = (await once(child, "close")) as [number];
  const names = existsSync(out) ? readdirSync(out).filter((name) => !name.endsWith(".aria2")) : [];
  const path = join(out, names[0] ?? "nothing");
  return { exitCode, payloadBytes: existsSync(path) ? statSync(path).blocks * 512 : 0, path };
}
