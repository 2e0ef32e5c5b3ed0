import type { FastifyRequest } from "fastify";
import { MAX_METAINFO_BYTES } from "../../../protocol/base/constants.ts";
import { InputError } from "../../../protocol/base/errors.ts";
import { ListSchema, PublishedSchema, TorrentDetailSchema } from "../../../protocol/http/listings.ts";
import {
  PublishQuerySchema,
  SearchQuerySchema,
  TorrentSchema,
  TorrentsSchema,
} from "../../../protocol/http/torrents.ts";
import type { Context } from "../../context.ts";
import { list, published, readDetail } from "../../torrents/listings.ts";
import { publish, readMetainfo, search } from "../../torrents/repository.ts";
import { checkDigest } from "../body-digest.ts";
import { CursorSchema, readCursor } from "../cursor.ts";
import { callerOf } from "../gate.ts";
import { ACCESS, BinarySchema, InfoHashParamsSchema, METAINFO_TYPE, PROBLEMS, type Server } from "./route.ts";

/** The authority's public repository of torrents. */
export function addTorrentRoutes(server: Server, context: Context): void {
  server.addContentTypeParser(
    METAINFO_TYPE,
    { parseAs: "buffer", bodyLimit: MAX_METAINFO_BYTES },
    async (request: FastifyRequest, body: Buffer) => {
      checkDigest(request, body);
      return body;
    },
  );
  server.post(
    "/v1/torrents",
    {
      bodyLimit: MAX_METAINFO_BYTES,
      config: { access: "session", cost: 20 },
      schema: {
        querystring: PublishQuerySchema,
        consumes: [METAINFO_TYPE],
        security: ACCESS,
        response: { 200: TorrentSchema, ...PROBLEMS },
      },
    },
    (request) => {
      if (!(request.body instanceof Uint8Array))
        throw new InputError("TORRENT_INVALID", `send the .torrent file itself, as ${METAINFO_TYPE}`);
      return publish(context, callerOf(request), request.query, request.body);
    },
  );
  server.get(
    "/v1/torrents",
    { schema: { querystring: SearchQuerySchema, response: { 200: TorrentsSchema, ...PROBLEMS } } },
    (request) => search(context, request.query, readCursor(request.query.cursor)),
  );
  server.get(
    "/v1/torrents/:infoHash",
    { schema: { params: InfoHashParamsSchema, response: { 200: TorrentDetailSchema, ...PROBLEMS } } },
    (request) => readDetail(context, request.params.infoHash),
  );
  server.post(
    "/v1/torrents/:infoHash/listing",
    {
      config: { access: "session", cost: 5 },
      schema: {
        params: InfoHashParamsSchema,
        body: ListSchema,
        security: ACCESS,
        response: { 200: TorrentDetailSchema, ...PROBLEMS },
      },
    },
    (request) => list(context, callerOf(request), request.params.infoHash, request.body),
  );
  server.get(
    "/v1/account/published",
    {
      config: { access: "session", cost: 5 },
      schema: { querystring: CursorSchema, security: ACCESS, response: { 200: PublishedSchema, ...PROBLEMS } },
    },
    (request) => published(context, callerOf(request), readCursor(request.query.cursor)),
  );
  server.get(
    "/v1/torrents/:infoHash/metainfo",
    {
      schema: {
        params: InfoHashParamsSchema,
        produces: [METAINFO_TYPE],
        response: { 200: BinarySchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const metainfo = await readMetainfo(context, request.params.infoHash);
      const name = `attachment; filename="${request.params.infoHash}.torrent"`;
      return reply.type(METAINFO_TYPE).header("content-disposition", name).send(metainfo);
    },
  );
}
