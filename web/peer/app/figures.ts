import { formatBytes } from "../../../protocol/base/units.ts";
import type { ContentJson } from "../../../protocol/http/peer.ts";

/** Numbers of a content as people read them. */

export function percentOf({ bytesDone, sizeBytes }: Pick<ContentJson, "bytesDone" | "sizeBytes">): number {
  return sizeBytes === 0 ? 100 : Math.floor((100 * bytesDone) / sizeBytes);
}

export function rateText(bytesPerSec: number): string {
  return `${formatBytes(bytesPerSec)}/s`;
}

/** When a download ends at its present rate, coarse enough to stay still; null: nobody knows. */
export function etaText({
  state,
  bytesDone,
  sizeBytes,
  rateDown,
}: Pick<ContentJson, "state" | "bytesDone" | "sizeBytes" | "rateDown">): string | null {
  if (state !== "downloading" || rateDown <= 0) return null;
  return durationText((sizeBytes - bytesDone) / rateDown);
}

export function durationText(seconds: number): string {
  if (seconds < 60) return "under a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}
