import { BLOCK_BYTES, MAX_PIECE_LENGTH, MIN_PAID_PIECES } from "../../protocol/base/constants.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { Metainfo } from "../../protocol/bittorrent/metainfo.ts";

/**
 * Checks the repository's rules for a published .torrent file. It must name only the authority's
 * tracker. Paid content must be private (BEP 27), with pieces so small that the credit window is a
 * small part of it.
 * @throws {InputError} TORRENT_INVALID
 */
export function checkPublishable(metainfo: Metainfo, rules: { trackerUrl: string; pricePerGiB: Amount }): void {
  if (metainfo.trackerUrl !== rules.trackerUrl) throw invalid(`its tracker must be ${rules.trackerUrl}`);
  // Clients would leave the authority's tracker for them.
  for (const key of metainfo.foreignSources) throw invalid(`it must not have "${key}"`);
  if (rules.pricePerGiB === 0n) return;
  const { pieceLength, sizeBytes } = metainfo;
  if (!metainfo.isPrivate) throw invalid('paid content must be private ("private" = 1 in "info")');
  if (pieceLength < BLOCK_BYTES || pieceLength > MAX_PIECE_LENGTH || (pieceLength & (pieceLength - 1)) !== 0)
    throw invalid(`its piece length must be a power of two from ${BLOCK_BYTES} to ${MAX_PIECE_LENGTH} bytes`);
  // Pieces that are mostly padding hold less than the credit of whole ones.
  if (sizeBytes <= (MIN_PAID_PIECES - 1) * pieceLength)
    throw invalid(
      `paid content must fill at least ${MIN_PAID_PIECES} pieces without padding, this has ${sizeBytes} bytes: choose shorter pieces`,
    );
}

function invalid(what: string): InputError {
  return new InputError("TORRENT_INVALID", `this torrent cannot be published: ${what}`);
}
