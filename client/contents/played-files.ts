import { AccessError, InputError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import type { PeerRun } from "../run-peer.ts";
import { mediaTypeOf } from "../stream/media-type.ts";
import { piecesOf, type StreamFile } from "../stream/read-file.ts";
import { createReaders, type Reader, type Readers } from "../stream/readers.ts";
import { pieceLengthOf } from "../torrent/content/content.ts";
import { hasPiece } from "../torrent/content/known-pieces.ts";
import { type ParsedContent, readMetainfo } from "../torrent/content/metainfo.ts";
import { type FilePlace, placesOf } from "../torrent/content/part-files.ts";
import type { Contents } from "./contents.ts";

/** One file of a content, as far as it is here. */
export interface HeldFile {
  readonly index: number;
  /** As the torrent has it. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly bytesDone: number;
  /** What players play, by its name; null: nothing of the kind. */
  readonly mediaType: string | null;
}

/** A file that is read while it may still come. */
export interface PlayedFile {
  readonly file: StreamFile;
  readonly readers: Pick<Readers, "join">;
  readonly name: string;
  /** With its quotes. */
  readonly etag: string;
}

/** Files of the contents of a running peer, listed and read. */
export interface PlayedFiles {
  /** @throws {AccessError} CONTENT_UNKNOWN */
  list(infoHash: InfoHash): Promise<readonly HeldFile[]>;
  /**
   * Reading buys nothing by itself: it moves the download of the content to where the reader is.
   * @throws {AccessError} CONTENT_UNKNOWN, FILE_UNKNOWN; {InputError} CONTENT_PAUSED
   */
  open(infoHash: InfoHash, index: number): Promise<PlayedFile>;
  /** One more piece of this content is on disk. */
  arrived(infoHash: InfoHash): void;
  /** The state of this content has changed, or it is gone. */
  changed(infoHash: InfoHash): void;
}

interface Known {
  readonly parsed: ParsedContent;
  /** By index of the file, once it was opened. */
  readonly readers: Map<number, Readers>;
  count: number;
}

export function createPlayedFiles(run: Pick<PeerRun, "store">, contents: () => Contents): PlayedFiles {
  const known = new Map<InfoHash, Promise<Known>>();
  const learn = (infoHash: InfoHash): Promise<Known> => {
    const before = known.get(infoHash);
    if (before) return before;
    const learned = readMetainfo(run.store.findMetainfo(infoHash) ?? new Uint8Array(), infoHash).then((parsed) => ({
      ...{ parsed, readers: new Map<number, Readers>(), count: 0 },
    }));
    known.set(infoHash, learned);
    learned.catch(() => known.delete(infoHash));
    return learned;
  };
  const isOnDisk = (infoHash: InfoHash): ((piece: number) => boolean) => {
    const content = contents().running(infoHash);
    if (content) return (piece) => content.isOnDisk(piece);
    const bits = run.store.findChecked(infoHash)?.bits;
    return (piece) => bits !== undefined && hasPiece(bits, piece);
  };
  const arrived = (infoHash: InfoHash): void => {
    void known.get(infoHash)?.then(({ readers }) => {
      for (const one of readers.values()) one.arrived();
    });
  };
  return {
    async list(infoHash) {
      contents().find(infoHash);
      const { parsed } = await learn(infoHash);
      const isHere = isOnDisk(infoHash);
      return parsed.files.map(({ path, name, length, offset }, index) => ({
        ...{ index, path, sizeBytes: length, mediaType: mediaTypeOf(name) },
        bytesDone: bytesOf(parsed, { offset, length }, isHere),
      }));
    },
    async open(infoHash, index) {
      const { place, path, state, bytesDone, sizeBytes } = contents().find(infoHash);
      if (state === "paused" && bytesDone < sizeBytes)
        throw new InputError("CONTENT_PAUSED", "it rests before its end: resume it to play it");
      const one = await learn(infoHash);
      const { parsed } = one;
      const found = parsed.files[index];
      if (!found) throw new AccessError("FILE_UNKNOWN", `the content has no file ${index}`);
      const file = {
        ...(placesOf(parsed, { place, path })[index] as FilePlace),
        ...{ offset: found.offset, pieceLength: parsed.pieceLength },
      };
      const readers = one.readers.get(index) ?? createReaders(piecesOf(file, { start: 0, end: file.length - 1 }));
      one.readers.set(index, readers);
      const content = {
        isOnDisk: (piece: number) => isOnDisk(infoHash)(piece),
        readFrom(piece: number) {
          // A player that has gone away steers no more.
          if (one.count > 0) contents().running(infoHash)?.readFrom(piece);
        },
      };
      const join: Readers["join"] = (span) => {
        one.count++;
        readers.use(content);
        const reader = readers.join(span);
        const left = (): void => {
          one.count--;
          if (one.count === 0) contents().running(infoHash)?.readFrom(null);
        };
        if (reader === null) left();
        return reader && leavingOnce(reader, left);
      };
      return { file, name: found.name, etag: `"${infoHash}-${index}"`, readers: { join } };
    },
    arrived,
    changed(infoHash) {
      if (contents().get(infoHash) === null) known.delete(infoHash);
      else arrived(infoHash);
    },
  };
}

function leavingOnce({ until, leave }: Reader, left: () => void): Reader {
  let isGone = false;
  return {
    until,
    leave() {
      leave();
      if (isGone) return;
      isGone = true;
      left();
    },
  };
}

/** Bytes of a file whose pieces are here. */
function bytesOf(
  parsed: ParsedContent,
  { offset, length }: { readonly offset: number; readonly length: number },
  isHere: (piece: number) => boolean,
): number {
  const { pieceLength } = parsed;
  const lengthOf = pieceLengthOf(parsed);
  let bytes = 0;
  for (let piece = Math.floor(offset / pieceLength); piece * pieceLength < offset + length; piece++) {
    const [from, to] = [piece * pieceLength, piece * pieceLength + lengthOf(piece)];
    if (isHere(piece)) bytes += Math.max(0, Math.min(to, offset + length) - Math.max(from, offset));
  }
  return bytes;
}
