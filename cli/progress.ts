import type { PaymentTotals } from "../client/exchange.ts";
import type { Content } from "../client/torrent/content/content.ts";
import { printable } from "../protocol/base/text.ts";
import { formatBytes, formatMoney } from "../protocol/base/units.ts";
import type { Info } from "../protocol/http/public.ts";
import type { TorrentReply } from "../protocol/http/torrents.ts";
import type { Output } from "./output.ts";

/** One line of a content's progress. Rates: bytes a second. */
export type ProgressLine = PaymentTotals & {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly rateDown: number;
  readonly rateUp: number;
  readonly peers: number;
};

const INTERVAL_MS = 1_000;

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
  const print = (): void => {
    const line = read();
    const percent = Math.floor((100 * line.bytesDone) / line.bytesTotal);
    const rates = `down ${formatBytes(line.rateDown)}/s, up ${formatBytes(line.rateUp)}/s, ${line.peers} peers`;
    const money = `paid ${formatMoney(line.paid, token)}, earned ${formatMoney(line.earned, token)}`;
    const share = `${percent} % of ${formatBytes(line.bytesTotal)}`;
    output.progress(line, `${printable(torrent.title)}: ${share}, ${rates}; ${money}`);
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
