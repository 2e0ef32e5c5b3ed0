import { readFile, stat } from "node:fs/promises";
import { MAX_METAINFO_BYTES } from "../../protocol/base/constants.ts";
import { InputError, NetworkError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { parseMetainfo } from "../../protocol/bittorrent/metainfo.ts";
import { readBounded } from "../read-bounded.ts";

/** How a person names a content: what the text says by itself, before anything is read. */
export type Source =
  /** An infohash, or its first 8 digits or more. */
  | { readonly type: "id"; readonly id: string }
  | { readonly type: "url"; readonly url: string }
  /** A .torrent file. */
  | { readonly type: "file"; readonly path: string };

const TIMEOUT_MS = 30_000;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * An id, a magnet link (BEP 9), an address of a .torrent file or of a page about a content, or a
 * .torrent file's path.
 * @throws {InputError} SOURCE_INVALID
 */
export function parseSource(text: string): Source {
  if (/^[0-9a-f]{8,40}$/i.test(text)) return { type: "id", id: text.toLowerCase() };
  if (/^magnet:/i.test(text)) return { type: "id", id: infoHashOfMagnet(text) };
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    // The repository's own addresses name the content.
    const [id] = new URL(text).pathname.match(/(?<=\/)[0-9a-f]{40}(?=\/|$)/) ?? [];
    return id ? { type: "id", id } : { type: "url", url: text };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text === "") throw invalid(text);
  return { type: "file", path: text };
}

/**
 * The infohash, or the digits of it, that a source names.
 * @throws {InputError} SOURCE_INVALID, FILE_UNREADABLE; {NetworkError} SOURCE_UNREACHABLE;
 * {ProtocolError} METAINFO_INVALID
 */
export async function readSource(source: Source, signal: AbortSignal): Promise<string> {
  if (source.type === "id") return source.id;
  const bytes = source.type === "file" ? await readTorrentFile(source.path) : await fetchTorrent(source.url, signal);
  return parseMetainfo(bytes).infoHash;
}

function infoHashOfMagnet(text: string): InfoHash {
  const topics = URL.canParse(text) ? new URL(text).searchParams.getAll("xt") : [];
  for (const topic of topics) {
    const [, hash = ""] = /^urn:btih:([0-9a-z]+)$/i.exec(topic) ?? [];
    if (/^[0-9a-f]{40}$/i.test(hash)) return hash.toLowerCase();
    if (/^[a-z2-7]{32}$/i.test(hash)) return hexOfBase32(hash.toLowerCase());
  }
  throw invalid(text);
}

/** RFC 4648, section 6: 32 characters are 20 bytes. */
function hexOfBase32(text: string): InfoHash {
  const value = [...text].reduce((sum, character) => sum * 32n + BigInt(BASE32.indexOf(character)), 0n);
  return value.toString(16).padStart(40, "0");
}

async function readTorrentFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_METAINFO_BYTES) return await readFile(path);
  } catch (cause) {
    throw new InputError("FILE_UNREADABLE", `cannot read "${printable(path)}": check the path and its permissions`, {
      cause,
    });
  }
  throw invalid(path);
}

async function fetchTorrent(url: string, signal: AbortSignal): Promise<Uint8Array> {
  let body: Uint8Array | null = null;
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    if (response.ok) body = await readBounded(response, MAX_METAINFO_BYTES);
  } catch (cause) {
    signal.throwIfAborted();
    throw new NetworkError("SOURCE_UNREACHABLE", `no answer from ${new URL(url).host}: check the address`, { cause });
  }
  if (body === null) throw invalid(url);
  return body;
}

function invalid(text: string): InputError {
  return new InputError(
    "SOURCE_INVALID",
    `"${printable(text.slice(0, 100))}" names no content: give an id, a magnet link, or a .torrent file or its address`,
  );
}
