import { matchesGlob } from "node:path";
import type { ParsedFile } from "parse-torrent";
import type { Torrent } from "webtorrent";
import { InputError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import { pieceLengthOf } from "./content.ts";
import type { ParsedContent } from "./metainfo.ts";

/** What of a content is wanted. */
export interface Selection {
  readonly files: readonly ParsedFile[];
  /** All pieces are wanted. */
  readonly isWhole: boolean;
  has(piece: number): boolean;
  /** Pieces that are wanted, and their bytes without padding. */
  readonly pieceCount: number;
  readonly sizeBytes: number;
}

/**
 * The files that one of the patterns matches, and the pieces that hold their bytes; null: all. A
 * pattern without a slash matches names in any folder, others match paths below the content's
 * folder (`path.matchesGlob` of Node).
 * @throws {InputError} FILES_UNMATCHED
 */
export function select(parsed: ParsedContent, patterns: readonly string[] | null): Selection {
  if (patterns === null) return selectionOf(parsed, parsed.files);
  const unmatched = new Set(patterns);
  const files = parsed.files.filter(({ path, name }) => {
    const below = parsed.isSingleFile ? path : path.slice(path.indexOf("/") + 1);
    const matching = patterns.filter((pattern) => matchesGlob(pattern.includes("/") ? below : name, pattern));
    for (const pattern of matching) unmatched.delete(pattern);
    return matching.length > 0;
  });
  const [missed] = unmatched;
  if (missed !== undefined)
    throw new InputError(
      "FILES_UNMATCHED",
      `no file of the content matches "${printable(missed)}": its page and .torrent file list them`,
    );
  return selectionOf(parsed, files);
}

function selectionOf(parsed: ParsedContent, files: readonly ParsedFile[]): Selection {
  const { pieces, pieceLength } = parsed;
  const lengthOf = pieceLengthOf(parsed);
  const isWanted = new Uint8Array(pieces.length);
  for (const { offset, length } of files) {
    const last = Math.ceil((offset + length) / pieceLength);
    if (length > 0) isWanted.fill(1, Math.floor(offset / pieceLength), last);
  }
  let [pieceCount, sizeBytes] = [0, 0];
  for (const [piece, wanted] of isWanted.entries()) {
    if (wanted === 0) continue;
    pieceCount++;
    sizeBytes += lengthOf(piece);
  }
  return { files, isWhole: pieceCount === pieces.length, has: (piece) => isWanted[piece] === 1, pieceCount, sizeBytes };
}

/** webtorrent asks for no piece that it holds for done, and is not interested in it. */
export function leaveOut(torrent: Torrent, selection: Selection, { isFree }: { readonly isFree: boolean }): void {
  if (selection.isWhole) return;
  const { pieces } = torrent;
  for (let piece = 0, first = 0; piece <= pieces.length; piece++) {
    if (selection.has(piece)) continue;
    if (first < piece && isFree) torrent._select(first, piece - 1, 0, null, false);
    first = piece + 1;
    if (piece < pieces.length) pieces[piece] = null;
  }
}
