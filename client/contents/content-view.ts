import type { FloodgateError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { ContentSettings } from "../../protocol/http/peer-settings.ts";
import type { Outlook } from "../exchange.ts";
import type { ContentProgress } from "../torrent/content/content.ts";

export type ContentState =
  /** It rests until somebody resumes it. */
  | "paused"
  /** Its files are looked at. */
  | "checking"
  | "downloading"
  /** It buys what others ask for, and sells it. */
  | "caching"
  | "seeding"
  /** The month's bytes are used up: it goes on by itself. */
  | "limited"
  /** It could not go on; `problem` says why. */
  | "failed";

/** What is known of one content now. Amounts are base units, over all runs. */
export interface ContentView extends ContentProgress {
  readonly infoHash: InfoHash;
  readonly title: string;
  readonly pricePerGiB: Amount;
  /** What of it the publisher gets, whoever sells. */
  readonly sharePercent: number;
  readonly pieceLength: number;
  /** The directory of a download; the file or directory that is seeded. */
  readonly place: "download" | "seed";
  readonly path: string;
  readonly state: ContentState;
  readonly problem: FloodgateError | null;
  /** Why the tracker did not take the last announce; null: it did. */
  readonly trackerProblem: FloodgateError | null;
  readonly settings: ContentSettings;
  readonly paid: Amount;
  readonly earned: Amount;
  /** What the caps leave for it; null: no cap is set. */
  readonly spendLeft: Amount | null;
  readonly outlook: Outlook;
}
