import { FIRST_CAP_PIECES, MAX_CAP_FRACTION, MAX_WINDOW_BYTES } from "../../protocol/base/constants.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Amount, max, min, owed } from "../../protocol/base/units.ts";

/** How much a lane holds (docs/protocol.md 4.3). Pure. */

export interface Content {
  readonly infoHash: InfoHash;
  readonly sizeBytes: number;
  readonly pieceLength: number;
  readonly pricePerGiB: Amount;
}

/** No pair's cap doubles more often than this: 2^20 first caps are above any content. */
const MAX_DOUBLINGS = 20;

/** What one session's live lanes on one content may add up to. */
export function contentLimit(content: Content, bytesLeft: number): Amount {
  const had = owed(content.sizeBytes - bytesLeft, content.pricePerGiB);
  const left = owed(bytesLeft, content.pricePerGiB);
  return had + left + max(left / 4n, firstCap(content));
}

/**
 * The least that a payer gets when it says that it used half of a lane. Used-up lanes, and lanes to
 * payees that went away, fill the content's limit, too. A download must never wait for them to
 * expire.
 */
export function topUpFloor(content: Content, bytesLeft: number): Amount {
  return max(firstCap(content), owed(bytesLeft, content.pricePerGiB) / 4n);
}

/**
 * The price of a pair's credit. A smaller lane would narrow its window, and be used up before its
 * successor is there. So much may any pair get: the content's credit bounds the sum of these.
 */
export function creditFloor(content: Content, credit: number): Amount {
  return owed(Math.min(credit, MAX_WINDOW_BYTES), content.pricePerGiB);
}

/**
 * Base units that the next lane of a pair should hold.
 * `share`: what of the content's limit is for this pair.
 */
export function capTarget(
  content: Content,
  bytesLeft: number,
  pair: { readonly earlierLanes: number; readonly credit: number },
  share: Amount,
): Amount {
  const doubled = firstCap(content) << BigInt(Math.min(pair.earlierLanes, MAX_DOUBLINGS));
  const most = max(firstCap(content), owed(bytesLeft, content.pricePerGiB) + 1n);
  return min(max(max(doubled, creditFloor(content, pair.credit)), share), most);
}

export function firstCap(content: Content): Amount {
  return max(1n, owed(FIRST_CAP_PIECES * content.pieceLength, content.pricePerGiB));
}

/** Less than the price of a piece is not worth a lane. */
export function smallestCap(content: Content): Amount {
  return max(1n, owed(content.pieceLength, content.pricePerGiB));
}

/**
 * The most that one lane may take of what is free, base units: a part, twice as much for a pair
 * that has used its lane. The last of the money goes whole: a row of ever smaller lanes would each
 * cost a row of a batch, and never lead to all of it.
 */
export function freePart(content: Content, free: Amount, isTopUp: boolean): Amount {
  const part = free / (isTopUp ? MAX_CAP_FRACTION / 2n : MAX_CAP_FRACTION);
  return max(part, min(free, firstCap(content)));
}
