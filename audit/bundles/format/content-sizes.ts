import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../../protocol/base/errors.ts";
import type { Hex } from "../../facts/primitives.ts";
import { type Bencoded, BencodedDictionary, readBencode } from "./bencode.ts";
import { printable } from "./json-line.ts";

/** What a torrent's metainfo says of its size, bytes. */
export interface ContentSize {
  readonly sizeBytes: number;
  readonly pieceLength: number;
}

/** By infohash: 0x and 40 hex digits. */
export type ContentSizes = ReadonlyMap<Hex, ContentSize>;

/** A `.torrent` of 100,000 pieces has 2 MB. */
const MAX_METAINFO = 16 * 2 ** 20;

/**
 * Reads all `.torrent` files of a directory.
 * @throws {InputError} TORRENT_INVALID, FILE_UNREADABLE
 */
export async function readContentSizes(directory: string): Promise<ContentSizes> {
  try {
    const names = (await readdir(directory)).filter((name) => name.endsWith(".torrent")).toSorted();
    const sizes = new Map<Hex, ContentSize>();
    for (const name of names) {
      const path = join(directory, name);
      const content = (await stat(path)).size > MAX_METAINFO ? null : parseContentSize(await readFile(path));
      if (content === null)
        throw new InputError("TORRENT_INVALID", `${printable(path)} is not a torrent: take it out of the directory`);
      sizes.set(content.infoHash, content);
    }
    return sizes;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      "FILE_UNREADABLE",
      `cannot read the torrents in ${printable(directory)}: check the directory`,
      {
        cause,
      },
    );
  }
}

/** Reads what the audit needs of a `.torrent` file (BEP 3). Null if it is not one. */
export function parseContentSize(bytes: Uint8Array): (ContentSize & { readonly infoHash: Hex }) | null {
  const whole = readBencode(bytes);
  const info = whole instanceof BencodedDictionary ? whole.entries.get("info") : undefined;
  if (!(info instanceof BencodedDictionary)) return null;
  const pieceLength = toSize(info.entries.get("piece length"));
  const sizeBytes = toSize(info.entries.get("length")) ?? sumOfFiles(info.entries.get("files"));
  if (pieceLength === null || sizeBytes === null) return null;
  return { infoHash: `0x${createHash("sha1").update(info.bytes).digest("hex")}`, pieceLength, sizeBytes };
}

function sumOfFiles(files: Bencoded | undefined): number | null {
  if (!Array.isArray(files)) return null;
  const sizes = files.map((file) => {
    if (!(file instanceof BencodedDictionary)) return null;
    return isPadding(file) ? 0 : toSize(file.entries.get("length"));
  });
  return sizes.includes(null) ? null : toSize(BigInt(sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)));
}

/** BEP 47: nobody pays for it. */
function isPadding(file: BencodedDictionary): boolean {
  const attributes = file.entries.get("attr");
  return attributes instanceof Uint8Array && attributes.includes("p".charCodeAt(0));
}

function toSize(value: Bencoded | undefined): number | null {
  const isSize = typeof value === "bigint" && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSize ? Number(value) : null;
}
