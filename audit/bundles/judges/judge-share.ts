import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, nameLane } from "../bundle-book.ts";
import type { ListedShare, ListedShares } from "../format/signed-listings.ts";
import { isIssuedAfter, type PublishedAllotment } from "../published-allotments.ts";

/**
 * The publisher's part (docs/protocol.md 4.15): what a payer may promise to the sellers of a
 * content is covered, at the ratio of the two prices, by what it may promise to the publisher. A
 * lane for that names its payee twice. That a content has a share is what its publisher has signed.
 * Without that listing, one of which no bundle holds such a lane is taken for one without a share.
 */
export function judgeShare(
  run: Run,
  { allotments }: BundleBook,
  listed: ListedShares,
  allotment: PublishedAllotment,
): void {
  const { payer, payee, payeeKey, infoHash, pricePerGiB } = allotment;
  if (payee === payeeKey) return;
  const share = listed.get(infoHash) ?? shareOf(allotments.shareOn(infoHash), pricePerGiB);
  if (share === null || payer === share.publisher) return;
  const before = allotments.onContent(payer, infoHash, -1).filter((other) => !isIssuedAfter(other, allotment));
  let toSellers = 0n;
  let toPublisher = 0n;
  for (const lane of before) {
    if (lane.payee === lane.payeeKey && lane.payee === share.publisher) toPublisher += lane.cap;
    else if (lane.payee !== lane.payeeKey) toSellers += lane.cap;
  }
  const due = (toSellers * share.toPublisher) / share.toSeller;
  if (toPublisher >= due) return;
  const sentence = `with ${nameLane(allotment)}, its payer may promise ${run.money(toSellers)} to the sellers of content ${infoHash.slice(2)}, and ${run.money(toPublisher)} to its publisher`;
  report(run, "share", null, sentence, { account: asShown(payer), expected: String(due), actual: String(toPublisher) });
}

function shareOf(lane: PublishedAllotment | undefined, toSeller: bigint): ListedShare | null {
  return lane === undefined ? null : { publisher: lane.payee, toPublisher: lane.pricePerGiB, toSeller };
}
