import { setInterval } from "node:timers/promises";
import { type Amount, owed } from "../../protocol/base/units.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";

/** What a download has and has paid at one moment. */
export interface Sample {
  readonly bytesDone: number;
  /** Base units, over the command's run. */
  readonly paid: Amount;
}

/** A piece may be on its way for this long. */
const INTERVAL_MS = 10_000;

/** Nothing has come since `before`, and the rest of the limit cannot buy one more piece. */
export function isSpent(
  before: Sample,
  now: Sample,
  { pieceLength, pricePerGiB }: Pick<TorrentReply, "pieceLength" | "pricePerGiB">,
  maxSpend: Amount,
): boolean {
  const hasMoved = now.bytesDone !== before.bytesDone || now.paid !== before.paid;
  return !hasMoved && now.paid + owed(pieceLength, BigInt(pricePerGiB)) > maxSpend;
}

/** Resolves when the limit is spent and the download stands still; never when there is no limit. */
export async function untilSpent(
  read: () => Sample,
  torrent: TorrentReply,
  maxSpend: Amount | null,
  signal: AbortSignal,
): Promise<void> {
  if (maxSpend === null || torrent.pricePerGiB === "0") return new Promise(() => undefined);
  let before = read();
  for await (const _ of setInterval(INTERVAL_MS, null, { signal })) {
    const now = read();
    if (isSpent(before, now, torrent, maxSpend)) return;
    before = now;
  }
}
