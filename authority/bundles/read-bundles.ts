import type { Hex } from "../../protocol/base/bytes.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import type { Bundles } from "../../protocol/http/bundles.ts";
import { type ByteRange, parseByteRange } from "../../protocol/http/byte-range.ts";
import type { Context } from "../context.ts";
import { findBundleMetainfo, findBundleSize, listBundles, readBundleBytes } from "../store/tables/bundles.ts";
import { withWebSeeds } from "./bundle-torrent.ts";

const PAGE = 50;

/** One page, newest first, from below the sequence `before`. */
export async function listBundleReplies({ store }: Context, before: number): Promise<Bundles> {
  const bundles = await listBundles(store.db, before, PAGE);
  return {
    bundles: bundles.map(({ name, previous, batch, bytes }) => ({ name, previous, batch, bytes })),
    cursor: bundles.length === PAGE ? String(bundles.at(-1)?.sequence) : null,
  };
}

export interface BundlePart {
  readonly sizeBytes: number;
  readonly range: ByteRange | "whole" | "unsatisfiable";
  /** Empty when the range is not satisfiable. */
  readonly bytes: Uint8Array;
}

/** What a request with this `Range` header gets. @throws {AccessError} BUNDLE_UNKNOWN */
export async function readBundle({ store }: Context, name: Hex, header: string | undefined): Promise<BundlePart> {
  const sizeBytes = await findBundleSize(store.db, name);
  if (sizeBytes === undefined) throw unknown(name);
  const range = parseByteRange(header, sizeBytes);
  if (range === "unsatisfiable") return { sizeBytes, range, bytes: new Uint8Array() };
  const part = range === "whole" ? { start: 0, end: sizeBytes - 1 } : range;
  return { sizeBytes, range, bytes: await readBundleBytes(store.db, name, part) };
}

/**
 * Its .torrent file, with the authority itself as a web seed.
 * @throws {AccessError} BUNDLE_UNKNOWN
 */
export async function readBundleMetainfo({ store }: Context, name: Hex, urls: readonly string[]): Promise<Uint8Array> {
  const metainfo = await findBundleMetainfo(store.db, name);
  if (metainfo === undefined) throw unknown(name);
  return withWebSeeds(
    metainfo,
    urls.map((url) => `${url}/v1/bundles/${name}`),
  );
}

function unknown(name: Hex): AccessError {
  return new AccessError("BUNDLE_UNKNOWN", `there is no audit bundle ${name}: see /v1/bundles`);
}
