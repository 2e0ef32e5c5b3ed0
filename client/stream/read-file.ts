import type { FileHandle } from "node:fs/promises";
import { FloodgateError } from "../../protocol/base/errors.ts";
import type { ByteRange } from "../../protocol/http/byte-range.ts";
import { type FilePlace, openFound } from "../torrent/content/part-files.ts";
import type { PieceSpan, Reader } from "./readers.ts";

/** A file that is being downloaded. */
export interface StreamFile extends FilePlace {
  /** Offset in the torrent, from whose start pieces are counted. */
  readonly offset: number;
  readonly pieceLength: number;
}

const CHUNK_BYTES = 128 * 1024;

/**
 * The bytes of this range, each as soon as its piece is on disk. It reads no further than its
 * consumer does.
 * @throws {FloodgateError} FILE_CHANGED
 * @throws the reason of `signal` (AbortError), and errors of the file system
 */
export async function* readFile(
  file: StreamFile,
  range: ByteRange,
  reader: Pick<Reader, "until">,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let handle: FileHandle | null = null;
  try {
    for (let at = range.start; at <= range.end; ) {
      const piece = pieceAt(file, at);
      await reader.until(piece, signal);
      // There is no file before its first piece.
      handle ??= await openFound(file, "r");
      const pieceEnd = (piece + 1) * file.pieceLength - file.offset;
      const wanted = Math.min(CHUNK_BYTES, pieceEnd - at, range.end + 1 - at);
      const bytes = Buffer.allocUnsafe(wanted);
      const { bytesRead } = await handle.read(bytes, 0, wanted, at);
      if (bytesRead !== wanted)
        throw new FloodgateError("FILE_CHANGED", `"${file.path}" became shorter while it was read`);
      yield bytes;
      at += wanted;
    }
  } finally {
    await handle?.close();
  }
}

/** The pieces that hold these bytes of the file; none for an empty file. */
export function piecesOf(file: StreamFile, { start, end }: ByteRange): PieceSpan {
  return end < start ? { first: 0, last: -1 } : { first: pieceAt(file, start), last: pieceAt(file, end) };
}

function pieceAt({ offset, pieceLength }: StreamFile, at: number): number {
  return Math.floor((offset + at) / pieceLength);
}
