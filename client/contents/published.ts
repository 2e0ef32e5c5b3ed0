import { createHash } from "node:crypto";
import { join } from "node:path";
import type { InfoHash } from "../../protocol/base/ids.ts";
import type { CheckedPieces } from "../store/records.ts";
import type { KnownPieces } from "../torrent/content/known-pieces.ts";
import { type ParsedContent, readMetainfo } from "../torrent/content/metainfo.ts";
import { placesOf } from "../torrent/content/part-files.ts";
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from "../wallet/private-file.ts";
import { stampFiles } from "./stamps.ts";

/**
 * What a home has published it has hashed. While sizes and times of the files are those of then,
 * its seeder believes that, as it believes what it has checked itself: but for one piece in 100.
 */

type Named = Pick<ParsedContent, "infoHash" | "files" | "isSingleFile">;

/** `path`: what was published. */
export async function rememberPublished(home: string, parsed: Named, path: string): Promise<void> {
  const directory = join(home, "published");
  await ensurePrivateDirectory(directory);
  await writePrivateFile(join(directory, parsed.infoHash), digestOf(await stampsOf(parsed, path)));
}

/** Null: the home has not published that, or the files are others now. */
export async function findPublished(
  home: string,
  { infoHash, metainfo }: { readonly infoHash: InfoHash; readonly metainfo: Uint8Array },
  path: string,
): Promise<(KnownPieces & CheckedPieces) | null> {
  const known = await readPrivateFile(join(home, "published", infoHash));
  if (known === null) return null;
  const parsed = await readMetainfo(metainfo, infoHash);
  const stamps = await stampsOf(parsed, path);
  return digestOf(stamps) === known ? { bits: allOf(parsed.pieces.length), stamps, suspects: [] } : null;
}

function stampsOf(parsed: Named, path: string): Promise<string> {
  return stampFiles(placesOf(parsed, { place: "seed", path }));
}

/** A folder's stamps are long, and nothing but their sameness counts. */
function digestOf(stamps: string): string {
  return createHash("sha256").update(stamps).digest("hex");
}

/** One bit a piece (BEP 3). */
function allOf(pieceCount: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pieceCount / 8)).fill(0xff);
  const unused = 8 * bits.length - pieceCount;
  if (bits.length > 0) bits[bits.length - 1] = (0xff << unused) & 0xff;
  return bits;
}
