import { type Static, Type } from "typebox";
import { HashSchema, object } from "../base/schemas.ts";

/** Routes of audit bundles (docs/protocol.md 9). */

/**
 * GET /v1/bundles?cursor=..: audit bundles, newest first; GET /v1/bundles/:name: one,
 * `application/jsonl` (docs/protocol.md 9), in ranges if asked; GET /v1/bundles/:name/metainfo: its
 * .torrent file, free for any BitTorrent client.
 */
export const BundlesSchema = object({
  bundles: Type.Array(
    object({
      name: HashSchema,
      previous: HashSchema,
      /** The contract's number of the batch that names it; null without one, or not yet final. */
      batch: Type.Union([Type.Null(), Type.Integer()]),
      bytes: Type.Integer({ minimum: 1 }),
    }),
  ),
  cursor: Type.Union([Type.Null(), Type.String()]),
});
export type Bundles = Static<typeof BundlesSchema>;
