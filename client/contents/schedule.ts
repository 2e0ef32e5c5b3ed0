import type { PeerSettings } from "../../protocol/http/peer-settings.ts";
import type { TransferLimits } from "../torrent/content/content-limits.ts";

type Period = PeerSettings["schedule"][number];

/**
 * How fast a peer may be at this minute of its day (0 is midnight by its own clock). Of several
 * periods that hold it, the first that names a rate decides; outside of all, the plain limits do.
 */
export function limitsAt(
  { schedule, uploadLimit, downloadLimit }: Pick<PeerSettings, "schedule" | "uploadLimit" | "downloadLimit">,
  minute: number,
): TransferLimits {
  const now = schedule.filter((period) => holds(period, minute));
  const up = now.find((period) => period.uploadLimit !== undefined)?.uploadLimit;
  const down = now.find((period) => period.downloadLimit !== undefined)?.downloadLimit;
  return { up: up === undefined ? uploadLimit : up, down: down === undefined ? downloadLimit : down };
}

/** `to` is out. A period that ends before it begins goes on after midnight. */
function holds({ from, to }: Period, minute: number): boolean {
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}
