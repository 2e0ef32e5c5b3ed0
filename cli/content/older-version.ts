import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Offer } from "../../client/account/offer.ts";
import { type ParsedContent, readMetainfo } from "../../client/torrent/content/metainfo.ts";
import { reusePieces } from "../../client/torrent/content/reuse.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { formatBytes } from "../../protocol/base/units.ts";
import type { CommandContext } from "../runtime.ts";

/**
 * Takes what has not changed from the version before: from `--reuse`, or from its own name in the
 * target directory.
 * @throws {InputError} OPTIONS_CONFLICT when this replaces nothing; and as `reusePieces`
 */
export async function reuseOlder(
  { output, signal }: CommandContext,
  { opened, torrent }: Offer,
  target: { readonly parsed: ParsedContent; readonly directory: string; readonly wants: (piece: number) => boolean },
  reuse: string | undefined,
): Promise<void> {
  const replaces = torrent.listing?.replaces ?? null;
  if (replaces === null) {
    if (reuse === undefined) return;
    throw new InputError("OPTIONS_CONFLICT", "the content replaces none before it: leave --reuse out");
  }
  const old = await readMetainfo(await opened.client.metainfo(replaces, signal), replaces);
  const path = reuse === undefined ? join(target.directory, old.name) : resolve(reuse);
  if (reuse === undefined && !(await stat(path).catch(() => null))) return;
  const next = { parsed: target.parsed, place: "download", path: target.directory } as const;
  const { wants } = target;
  const bytes = await reusePieces({ parsed: old, place: "seed", path }, next, { wants, signal });
  output.event("reused", { replaces, bytes }, `${formatBytes(bytes)} are taken from the version before`);
}
