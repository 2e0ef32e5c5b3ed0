import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import bencode from "bencode";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";
import { hashPieces } from "./hash-pieces.ts";
import { checkLayout, choosePieceLength, layOut, type Section } from "./lay-out.ts";
import { checkName, type Links, listTree, stampOf, type Tree, type TreeFile, unreadable } from "./list-tree.ts";

export interface MetainfoOptions {
  readonly name?: string;
  readonly trackerUrl: string;
  readonly isPaid: boolean;
  /** Bytes, a power of two. Without it the content has about a thousand pieces. */
  readonly pieceLength?: number;
  /** In a folder; without it they are refused. */
  readonly links?: Links;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
  /** Folders that are empty, which no torrent can have. */
  readonly onLeftOut?: (emptyFolders: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads a file, or the files of a folder, once and makes the metainfo (BEP 3). Each file starts on
 * a piece (BEP 47). Paid content is `private` (BEP 27) and has at least MIN_PAID_PIECES pieces.
 * @throws {InputError} FILE_UNREADABLE, FILE_EMPTY, FILE_TOO_SMALL, and as `listTree`;
 * {FloodgateError} FILE_CHANGED
 */
export async function createMetainfo(path: string, options: MetainfoOptions): Promise<Uint8Array> {
  const { isPaid, trackerUrl, onProgress } = options;
  const name = options.name ?? basename(resolve(path));
  checkName(Buffer.from(name), path);
  const found = await stat(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
  const single = { path, parts: [], sizeBytes: found.size, stamp: stampOf(found) };
  const tree: Tree = found.isDirectory()
    ? await listTree(path, options.links ?? "refuse")
    : { files: [single], emptyFolders: 0 };
  if (!found.isDirectory() && !found.isFile()) throw unreadable(path, null);
  if (tree.emptyFolders > 0) options.onLeftOut?.(tree.emptyFolders);
  const sizeBytes = tree.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const pieceLength = options.pieceLength ?? choosePieceLength(sizeBytes);
  const sections: Section<TreeFile>[] = found.isDirectory()
    ? layOut(tree.files, { pieceLength, isPaid })
    : [{ type: "file", file: single, sizeBytes }];
  checkLayout(path, sections, { pieceLength, isPaid });
  const total = sections.reduce((sum, section) => sum + section.sizeBytes, 0);
  const pieces = await hashPieces(sections, pieceLength, {
    onProgress: (bytesDone) => onProgress?.(bytesDone, total),
    signal: options.signal,
  });
  const metainfo = bencode.encode({
    announce: trackerUrl,
    "created by": "Floodgate",
    "creation date": Math.ceil(Date.now() / 1_000),
    encoding: "UTF-8",
    info: {
      name,
      "piece length": pieceLength,
      pieces,
      ...(isPaid ? { private: 1 } : {}),
      ...(found.isDirectory() ? { files: sections.map(fileEntry) } : { length: sizeBytes }),
    },
  });
  // What others would refuse is refused here.
  parseMetainfo(metainfo);
  return metainfo;
}

/** BEP 47 proposes the name of padding. */
function fileEntry(section: Section<TreeFile>): object {
  const { sizeBytes: length } = section;
  if (section.type === "padding") return { attr: "p", length, path: [".pad", `${length}`] };
  return { length, path: section.file.parts };
}
