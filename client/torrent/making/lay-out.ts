import {
  LARGE_PIECE_COUNT,
  MAX_FILES,
  MAX_PIECE_LENGTH,
  MAX_PIECES,
  MIN_PAID_PIECES,
  MIN_PIECE_LENGTH,
  TARGET_PIECES,
  USUAL_MAX_PIECE_LENGTH,
} from "../../../protocol/base/constants.ts";
import { InputError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import { formatBytes } from "../../../protocol/base/units.ts";

/** How the files of a content follow each other in its pieces. Pure. */

/** A file, or the padding behind one (BEP 47), which is zeros. */
export type Section<File> =
  | { readonly type: "file"; readonly file: File; readonly sizeBytes: number }
  | { readonly type: "padding"; readonly sizeBytes: number };

/**
 * The power of two that gives about TARGET_PIECES pieces, at least MIN_PIECE_LENGTH. Above
 * USUAL_MAX_PIECE_LENGTH only as far as there would be more than LARGE_PIECE_COUNT pieces.
 */
export function choosePieceLength(sizeBytes: number): number {
  const powerOfTwo = (bytes: number): number => 2 ** Math.round(Math.log2(bytes));
  const usual = Math.min(USUAL_MAX_PIECE_LENGTH, Math.max(MIN_PIECE_LENGTH, powerOfTwo(sizeBytes / TARGET_PIECES)));
  let length = usual;
  while (length < MAX_PIECE_LENGTH && sizeBytes > LARGE_PIECE_COUNT * length) length *= 2;
  return length;
}

/**
 * Each file of a folder starts and ends with a piece, so that its pieces are the same wherever it
 * comes. Free content, whose padding plain clients send, is padded only if that adds less than a
 * tenth.
 */
export function layOut<File extends { readonly sizeBytes: number }>(
  files: readonly File[],
  { pieceLength, isPaid }: { readonly pieceLength: number; readonly isPaid: boolean },
): Section<File>[] {
  const sections: Section<File>[] = files.map((file) => ({ type: "file", file, sizeBytes: file.sizeBytes }));
  const padded = sections.flatMap((section): Section<File>[] => {
    const sizeBytes = (-section.sizeBytes % pieceLength) + pieceLength;
    return sizeBytes === pieceLength ? [section] : [section, { type: "padding", sizeBytes }];
  });
  const sizeBytes = sum(sections);
  const isWorthIt = isPaid || sum(padded) - sizeBytes <= sizeBytes / 10;
  return isWorthIt && padded.length <= MAX_FILES ? padded : sections;
}

/** @throws {InputError} FILE_EMPTY, FILE_TOO_SMALL, FILES_TOO_MANY */
export function checkLayout(
  path: string,
  sections: readonly Section<unknown>[],
  { pieceLength, isPaid }: { readonly pieceLength: number; readonly isPaid: boolean },
): void {
  const sizeBytes = sum(sections.filter(({ type }) => type === "file"));
  const name = printable(path);
  if (sizeBytes === 0) throw new InputError("FILE_EMPTY", `"${name}" is empty: there is nothing to publish`);
  const least = (MIN_PAID_PIECES - 1) * pieceLength;
  if (isPaid && sizeBytes <= least)
    throw new InputError(
      "FILE_TOO_SMALL",
      `paid content must be larger than ${formatBytes(least)}, and "${name}" has ` +
        `${formatBytes(sizeBytes)}: publish it free with --price 0, or a folder of several`,
    );
  if (sum(sections) > MAX_PIECES * pieceLength)
    throw new InputError("FILES_TOO_MANY", `"${name}" makes more than ${MAX_PIECES} pieces: publish parts of it`);
}

function sum(sections: readonly { readonly sizeBytes: number }[]): number {
  return sections.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
