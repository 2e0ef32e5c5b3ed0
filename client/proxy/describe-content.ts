import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Amount, owed } from "../../protocol/base/units.ts";
import type { Offer } from "../account/offer.ts";
import { piecesOf, type StreamFile } from "../stream/read-file.ts";
import { createReaders, type Readers } from "../stream/readers.ts";
import { readMetainfo } from "../torrent/content/metainfo.ts";
import { type FilePlace, placesOf } from "../torrent/content/part-files.ts";

/** One file of a content that the repository offers, bought as far as somebody reads it. */
export interface ProxiedFile {
  readonly infoHash: InfoHash;
  readonly file: StreamFile;
  readonly readers: Readers;
  readonly name: string;
  /** As the torrent has it, with and without its folder. */
  readonly fullPath: string;
  readonly path: string;
  /** With its quotes. */
  readonly etag: string;
  /** Base units: per 2^30 bytes, and for the whole file. */
  readonly pricePerGiB: Amount;
  readonly cost: Amount;
  /** Zeros (BEP 47), which plain clients ask web seeds for. They cost nothing. */
  readonly isPadding: boolean;
}

export interface ProxiedContent {
  readonly offer: Pick<Offer, "torrent" | "metainfo">;
  readonly files: readonly ProxiedFile[];
  readonly padding: readonly ProxiedFile[];
}

/** Where the files are, or will be. */
type Location = Parameters<typeof placesOf>[1];

/** @throws {ProtocolError} METAINFO_INVALID */
export async function describeContent(
  offer: Pick<Offer, "torrent" | "metainfo">,
  locationOf: (infoHash: InfoHash) => Location,
): Promise<ProxiedContent> {
  const { infoHash, pricePerGiB: price } = offer.torrent;
  const parsed = await readMetainfo(offer.metainfo, infoHash);
  const places = placesOf(parsed, locationOf(infoHash));
  const { pieceLength, isSingleFile } = parsed;
  const pricePerGiB = BigInt(price);
  const pathOf = (path: string): string => (isSingleFile ? path : path.slice(path.indexOf("/") + 1));
  const files = parsed.files.map(({ offset, length, name, path }, i): ProxiedFile => {
    const file = { ...(places[i] as FilePlace), offset, pieceLength };
    return {
      ...{ infoHash, file, pricePerGiB, name, fullPath: path, path: pathOf(path), isPadding: false },
      etag: `"${infoHash}-${i}"`,
      cost: owed(length, pricePerGiB),
      readers: createReaders(piecesOf(file, { start: 0, end: length - 1 })),
    };
  });
  const padding = parsed.padFiles.map(({ length, name, path }): ProxiedFile => {
    const file = { path: "", part: null, offset: 0, length, pieceLength };
    const readers = createReaders({ first: 0, last: -1 });
    const free = { pricePerGiB, cost: 0n, isPadding: true, etag: `"zeros-${length}"` };
    return { ...free, infoHash, file, readers, name, fullPath: path, path: pathOf(path) };
  });
  return { offer, files, padding };
}
