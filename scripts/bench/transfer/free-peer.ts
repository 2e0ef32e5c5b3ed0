import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import parseTorrent from "parse-torrent";
import WebTorrent from "webtorrent";
import { cpuSeconds, createStopwatch, type PeerOrder, report, type TransferJob } from "./peer-protocol.ts";

/**
 * One side of a free transfer: plain WebTorrent, with no code of Floodgate but this file's.
 * Argument: the job as JSON.
 */

const job: TransferJob = JSON.parse(process.argv[2] ?? "");
const parsed = await parseTorrent(readFileSync(job.metainfoPath));
const client = new WebTorrent({
  dht: false,
  lsd: false,
  utPex: false,
  natUpnp: false,
  natPmp: false,
  utp: false,
  webSeeds: false,
  tracker: false,
});
client.on("error", (error: unknown) => {
  throw error;
});
const torrent = client.add(
  { ...parsed, announce: [], urlList: [] },
  { path: job.role === "seed" ? dirname(job.path) : job.path },
);
const stopwatch = createStopwatch(parsed.pieceLength, parsed.length);

process.on("message", (order: PeerOrder) => {
  if (order === "cpu") report({ type: "cpu", cpuSeconds: cpuSeconds() });
  else client.destroy(() => process.exit(0));
});
torrent.once("ready", () => {
  if (job.role === "download") {
    torrent.on("verified", () => stopwatch.piece());
    torrent.once("done", () => stopwatch.done());
    for (const port of job.seederPorts) torrent.addPeer(`127.0.0.1:${port}`);
  }
  const tell = (): void => report({ type: "ready", torrentPort: client.torrentPort });
  if (client.listening) tell();
  else client.once("listening", tell);
});
