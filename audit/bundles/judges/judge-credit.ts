import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, nameLane } from "../bundle-book.ts";
import type { ContentSizes } from "../format/content-sizes.ts";
import { isIssuedAfter, type PublishedAllotment } from "../published-allotments.ts";
import { lagOf } from "./deadlines.ts";

const PIECES = 8;
const FRACTION = 4;

/**
 * The bound on cheating (docs/protocol.md 4.11): an account's live credit on a content is never
 * above 8 pieces or a quarter of it. How much an account has earned up to that bound cannot be
 * judged: it depends on which accounts the authority takes for unrelated.
 */
export function judgeCredit(run: Run, book: BundleBook, contents: ContentSizes, allotment: PublishedAllotment): void {
  const size = contents.get(allotment.infoHash);
  if (size === undefined) return;
  const { payer, infoHash, issuedAt } = allotment;
  // A lane that had ended by the authority's clock does not count. That clock may be ahead by the
  // lag.
  const live = book.allotments.onContent(payer, infoHash, issuedAt + lagOf(run.rules));
  const sum = creditOf(live.filter((other) => !isIssuedAfter(other, allotment)));
  const most = Math.max(PIECES * size.pieceLength, Math.floor(size.sizeBytes / FRACTION));
  if (sum <= most) return;
  const sentence = `with ${nameLane(allotment)}, its payer may owe ${sum} bytes on content ${infoHash.slice(2)}; the most is ${most} bytes`;
  report(run, "credit", null, sentence, { account: asShown(payer), expected: String(most), actual: String(sum) });
}

/** The lanes of a pair of devices share one credit: the newest stands for all. */
function creditOf(lanes: readonly PublishedAllotment[]): number {
  const pairs = new Map(lanes.map(({ sessionKey, payeeKey, credit }) => [sessionKey + payeeKey, credit]));
  return [...pairs.values()].reduce((sum, credit) => sum + credit, 0);
}
