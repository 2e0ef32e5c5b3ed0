import type { PaymentTotals } from "../client/exchange.ts";
import type { Content } from "../client/torrent/content/content.ts";
import { printable } from "../protocol/base/text.ts";
import { type Amount, formatAmount, formatBytes, formatMoney, owed } from "../protocol/base/units.ts";
import type { Info } from "../protocol/http/public.ts";
import type { TorrentReply } from "../protocol/http/torrents.ts";
import { cut, type Output } from "./output.ts";

/** One line of a content's progress. Rates: bytes a second. */
export type ProgressLine = PaymentTotals & {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly rateDown: number;
  readonly rateUp: number;
  readonly peers: number;
};

const INTERVAL_MS = 1_000;
const BAR_WIDTH = 24;

/** Prints a progress line now, every second, and with the last totals when it is stopped. */
export function startProgress(
  output: Output,
  token: Info["token"],
  torrent: TorrentReply,
  content: Content,
  totals: () => PaymentTotals,
): { read(): ProgressLine; stop(): void } {
  const read = (): ProgressLine => {
    const { bytesDone, sizeBytes: bytesTotal, rateDown, rateUp, peers } = content.progress();
    const rates = { rateDown: Math.round(rateDown), rateUp: Math.round(rateUp), peers };
    return { bytesDone, bytesTotal, ...rates, ...totals() };
  };
  const title = printable(torrent.title);
  const cost = owed(content.progress().sizeBytes, BigInt(torrent.pricePerGiB));
  const print = (): void => {
    const line = read();
    output.progress(line, `${title}: ${inOneLine(line, token)}`, (columns) => {
      const lines = [title, barOf(line), moneyOf(line, cost, token)];
      return lines.map((text) => cut(text, columns)).join("\n");
    });
  };
  print();
  const timer = setInterval(print, INTERVAL_MS);
  return {
    read,
    stop() {
      clearInterval(timer);
      print();
    },
  };
}

function inOneLine(line: ProgressLine, token: Info["token"]): string {
  const rates = `down ${formatBytes(line.rateDown)}/s, up ${formatBytes(line.rateUp)}/s, ${peersOf(line)}`;
  const money = `paid ${formatMoney(line.paid, token)}, earned ${formatMoney(line.earned, token)}`;
  return `${percentOf(line)} % of ${formatBytes(line.bytesTotal)}, ${rates}; ${money}`;
}

/** Bar, share, rate and the time that is left: 80 columns at most. */
export function barOf(line: ProgressLine): string {
  const { bytesDone, bytesTotal, rateDown } = line;
  const full = Math.floor((BAR_WIDTH * bytesDone) / bytesTotal);
  const bar = `[${"#".repeat(full)}${".".repeat(BAR_WIDTH - full)}]`;
  const share = `${String(percentOf(line)).padStart(3)} % of ${formatBytes(bytesTotal)}`;
  if (bytesDone === bytesTotal) return `${bar} ${share}`;
  const left = rateDown > 0 ? `${timeText((bytesTotal - bytesDone) / rateDown)} left` : "waiting";
  return `${bar} ${share}  ${formatBytes(rateDown)}/s  ${left}`;
}

/** Peers and money: 80 columns at most. `cost` of the whole, base units. */
export function moneyOf(line: ProgressLine, cost: Amount, token: Info["token"]): string {
  const peers = `${peersOf(line)}  up ${formatBytes(line.rateUp)}/s`;
  if (cost === 0n) return peers;
  const earned = line.bytesUp > 0 ? `  earned ${formatAmount(line.earned, token.decimals)}` : "";
  return `${peers}  paid ${formatAmount(line.paid, token.decimals)} of ${formatMoney(cost, token)}${earned}`;
}

function percentOf({ bytesDone, bytesTotal }: ProgressLine): number {
  return Math.floor((100 * bytesDone) / bytesTotal);
}

function peersOf({ peers }: ProgressLine): string {
  return peers === 1 ? "1 peer" : `${peers} peers`;
}

/** "42 s", "3 min", "1 h 20 min": as exact as anybody can know. */
function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
