import { FIRST_CAP_PIECES } from "./constants.ts";
import { type Amount, max, owed } from "./units.ts";

/**
 * Base units that all lanes of one ticket may hold together (docs/protocol.md 4.14): twice the
 * price of the content, since a download leaves parts of lanes unused behind.
 */
export function ticketCap(content: {
  readonly sizeBytes: number;
  readonly pieceLength: number;
  readonly pricePerGiB: Amount;
}): Amount {
  const { sizeBytes, pieceLength, pricePerGiB } = content;
  const firstCap = max(1n, owed(FIRST_CAP_PIECES * pieceLength, pricePerGiB));
  return 2n * max(owed(sizeBytes, pricePerGiB), firstCap);
}
