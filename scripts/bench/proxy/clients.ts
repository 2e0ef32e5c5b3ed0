import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchWithVideo } from "./video.ts";

/** What a program may fetch: the file itself, or what a .torrent file's web seed has (BEP 19). */
export interface ProxiedUrls {
  readonly file: string;
  readonly torrent: string;
  /** As the torrent has it. */
  readonly path: string;
}

/** A program that knows nothing of Floodgate. */
export interface PlainClient {
  readonly name: string;
  /** Null, or why it cannot be tried here. */
  missing(): string | null;
  /** Downloads into this empty directory; returns the path of the file. */
  fetch(urls: ProxiedUrls, directory: string): Promise<string>;
}

/** Debian's own Python, which has its packages. */
const PYTHON = "/usr/bin/python3";

export const CLIENTS: readonly PlainClient[] = [
  {
    name: "curl",
    missing: () => missingProgram("curl"),
    fetch: ({ file }, directory) =>
      ownFile(directory, (out) => run("curl", "--silent", "--fail", "--output", out, file)),
  },
  {
    name: "wget",
    missing: () => missingProgram("wget"),
    fetch: ({ file }, directory) => ownFile(directory, (out) => run("wget", "--quiet", "--tries=1", "-O", out, file)),
  },
  {
    name: "urllib",
    missing: () => missingProgram(PYTHON),
    fetch: ({ file }, directory) => ownFile(directory, (out) => run(PYTHON, script("urllib-get.py"), file, out)),
  },
  {
    name: "aria2",
    missing: () => missingProgram("aria2c"),
    async fetch({ torrent, path }, directory) {
      const quiet = ["--no-conf", "--quiet", "--seed-time=0", "--file-allocation=none", "--max-concurrent-downloads=1"];
      const alone = ["--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false", "--listen-port=40000-60000"];
      await run("aria2c", ...quiet, ...alone, "--split=4", `--dir=${directory}`, torrent);
      return join(directory, path);
    },
  },
  {
    name: "transmission",
    missing: () => missingProgram("transmission-cli"),
    fetch: fetchWithTransmission,
  },
  {
    name: "libtorrent",
    missing: () => missingProgram(PYTHON, "-c", "import libtorrent"),
    async fetch({ torrent, path }, directory) {
      await run(PYTHON, script("libtorrent-get.py"), await saved(torrent, directory), directory);
      return join(directory, path);
    },
  },
  {
    name: "chromium",
    missing: () => missingProgram("chromium"),
    fetch: ({ file }, directory) => ownFile(directory, (out) => fetchWithVideo(file, out)),
  },
];

/** It never ends by itself: what it runs when it is done ends it. */
async function fetchWithTransmission({ torrent, path }: ProxiedUrls, directory: string): Promise<string> {
  const config = join(directory, "config");
  mkdirSync(config);
  const alone = { "dht-enabled": false, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false };
  writeFileSync(join(config, "settings.json"), JSON.stringify({ ...alone, "peer-port-random-on-start": true }));
  const done = join(directory, "done.sh");
  writeFileSync(done, "#!/bin/sh\nkill -TERM $PPID\n");
  chmodSync(done, 0o755);
  const file = await saved(torrent, directory);
  const options = ["--no-portmap", "--config-dir", config, "--download-dir", directory, "--finish", done];
  const child = spawn("transmission-cli", [...options, file], { stdio: "ignore" });
  await once(child, "close");
  return join(directory, path);
}

async function saved(torrent: string, directory: string): Promise<string> {
  const path = join(directory, "content.torrent");
  const response = await fetch(torrent);
  if (!response.ok) throw new Error(`${torrent}: ${response.status}`);
  writeFileSync(path, await response.bytes());
  return path;
}

async function ownFile(directory: string, get: (path: string) => Promise<void>): Promise<string> {
  const path = join(directory, "fetched");
  await get(path);
  return path;
}

async function run(program: string, ...args: string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

function missingProgram(program: string, ...args: string[]): string | null {
  const isHere = spawnSync(program, args.length > 0 ? args : ["--version"]).status === 0;
  return isHere ? null : `${[program, ...args].join(" ")} fails: it is not installed`;
}

function script(name: string): string {
  return join(import.meta.dirname, name);
}
