import { Type } from "typebox";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { HashSchema } from "../../../protocol/base/schemas.ts";
import { BundlesSchema } from "../../../protocol/http/bundles.ts";
import { listBundleReplies, readBundle, readBundleMetainfo } from "../../bundles/read-bundles.ts";
import type { Context } from "../../context.ts";
import { CursorSchema, readCursor } from "../cursor.ts";
import { BinarySchema, METAINFO_TYPE, PROBLEMS, type Server } from "./route.ts";

const BUNDLE_TYPE = "application/jsonl";
/** RFC 8246: the name is the hash of the bytes. */
const IMMUTABLE = "public, max-age=31536000, immutable";

const NameSchema = Type.Object({ name: HashSchema });

/** The authority's audit bundles, for everyone. */
export function addBundleRoutes(server: Server, context: Context, urls: () => readonly string[]): void {
  server.get(
    "/v1/bundles",
    { schema: { querystring: CursorSchema, response: { 200: BundlesSchema, ...PROBLEMS } } },
    (request) => listBundleReplies(context, readCursor(request.query.cursor)),
  );
  server.get(
    "/v1/bundles/:name",
    {
      // Any auditor's page may read what is for everyone; answers without a bundle, too.
      onRequest: async (_request, reply) => void reply.header("access-control-allow-origin", "*"),
      schema: {
        params: NameSchema,
        produces: [BUNDLE_TYPE],
        response: { 200: BinarySchema, 206: BinarySchema, 416: BinarySchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { sizeBytes, range, bytes } = await readBundle(context, request.params.name as Hex, request.headers.range);
      reply.type(BUNDLE_TYPE).header("accept-ranges", "bytes").header("cache-control", IMMUTABLE);
      if (range === "unsatisfiable")
        return reply.status(416).header("content-range", `bytes */${sizeBytes}`).send(bytes);
      if (range === "whole") return reply.send(bytes);
      return reply.status(206).header("content-range", `bytes ${range.start}-${range.end}/${sizeBytes}`).send(bytes);
    },
  );
  server.get(
    "/v1/bundles/:name/metainfo",
    {
      schema: { params: NameSchema, produces: [METAINFO_TYPE], response: { 200: BinarySchema, ...PROBLEMS } },
    },
    async (request, reply) => {
      const { name } = request.params;
      const metainfo = await readBundleMetainfo(context, name as Hex, urls());
      return reply
        .type(METAINFO_TYPE)
        .header("content-disposition", `attachment; filename="${name}.torrent"`)
        .send(metainfo);
    },
  );
}
