import { createLogUpdate } from "log-update";
import { type Amount, formatAmount, formatBytes } from "../../protocol/base/units.ts";
import type { Line } from "../devnet/command.ts";

/** What one peer of the demo has done so far. */
export interface PeerProgress {
  readonly name: string;
  bytesDone: number;
  /** Bytes that were paid for, in either direction. */
  bytesDown: number;
  bytesUp: number;
  bytesTotal: number;
  /** Bytes per second. */
  rateDown: number;
  rateUp: number;
  paid: Amount;
  earned: Amount;
  state: "starting" | "downloading" | "seeding";
}

const PLAIN_INTERVAL_MS = 2_000;
const LIVE_INTERVAL_MS = 200;
const BAR_WIDTH = 24;

export function newProgress(name: string, bytesTotal: number): PeerProgress {
  return {
    name,
    bytesDone: 0,
    bytesDown: 0,
    bytesUp: 0,
    bytesTotal,
    rateDown: 0,
    rateUp: 0,
    paid: 0n,
    earned: 0n,
    state: "starting",
  };
}

/** Takes over a `progress` or `done` line of `floodgate get` or `floodgate seed`. */
export function applyLine(progress: PeerProgress, line: Line): void {
  if (line.event === "done") progress.state = "seeding";
  if (line.event !== "progress" && line.event !== "done") return;
  progress.bytesDone = Number(line.bytesDone ?? progress.bytesDone);
  progress.bytesDown = Number(line.bytesDown ?? progress.bytesDown);
  progress.bytesUp = Number(line.bytesUp ?? progress.bytesUp);
  progress.rateDown = Number(line.rateDown ?? 0);
  progress.rateUp = Number(line.rateUp ?? 0);
  progress.paid = BigInt(String(line.paid ?? progress.paid));
  progress.earned = BigInt(String(line.earned ?? progress.earned));
  if (progress.state === "starting" && progress.bytesDone > 0) progress.state = "downloading";
  if (progress.bytesDone === progress.bytesTotal) progress.state = "seeding";
}

/**
 * One line per peer: redrawn in place on a terminal, printed now and then elsewhere. Returns what
 * stops it.
 */
export function showProgress(stream: NodeJS.WriteStream, peers: readonly PeerProgress[], decimals: number): () => void {
  const draw = (): string => peers.map((peer) => formatPeer(peer, decimals)).join("\n");
  if (stream.isTTY) {
    const update = createLogUpdate(stream);
    const timer = setInterval(() => update(draw()), LIVE_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      update(draw());
      update.done();
    };
  }
  const timer = setInterval(() => stream.write(`${draw()}\n\n`), PLAIN_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    stream.write(`${draw()}\n`);
  };
}

function formatPeer(peer: PeerProgress, decimals: number): string {
  const share = peer.bytesTotal === 0 ? 0 : peer.bytesDone / peer.bytesTotal;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "#".repeat(filled).padEnd(BAR_WIDTH, ".");
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const rates = `down ${rate(peer.rateDown)}  up ${rate(peer.rateUp)}`;
  const money = `paid ${formatAmount(peer.paid, decimals)}  earned ${formatAmount(peer.earned, decimals)}`;
  return `  ${peer.name.padEnd(10)} [${bar}] ${percent}  ${rates}  ${money}  ${peer.state}`;
}

function rate(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`.padStart(12);
}
