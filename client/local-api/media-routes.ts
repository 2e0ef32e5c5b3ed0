import { randomBytes } from "node:crypto";
import { AccessError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { IdSchema } from "../../protocol/http/peer.ts";
import { FileIdSchema, FilesSchema, PlaySchema } from "../../protocol/http/peer-detail.ts";
import { SAFE_HEADERS, TOKEN_BYTES } from "../stream/access.ts";
import { answerOf, sendFile } from "../stream/send-file.ts";
import type { LocalPeer, Server } from "./routes.ts";

/** What was opened last; a player opens a handful. */
const MAX_TICKETS = 256;

interface Ticket {
  readonly infoHash: InfoHash;
  readonly index: number;
  readonly name: string;
}

/**
 * Files of contents, listed and played. An element of a page cannot send headers: it reads by a
 * path of its own, which is worth nothing without the page's cookie.
 */
export function addMediaRoutes(
  server: Server,
  { contents, files }: Pick<LocalPeer, "contents" | "files">,
  onFault: (error: unknown) => void,
): void {
  const tickets = new Map<string, Ticket>();
  server.get(
    "/v1/contents/:id/files",
    { schema: { summary: "files of a content", params: IdSchema, response: { 200: FilesSchema } } },
    async ({ params }) => ({ files: [...(await files.list(contents.find(params.id).infoHash))] }),
  );
  server.post(
    "/v1/contents/:id/files/:index/play",
    {
      schema: {
        summary: "a path by which the page plays or saves a file, while it still comes",
        params: FileIdSchema,
        response: { 201: PlaySchema },
      },
    },
    async ({ params }, reply) => {
      const { infoHash } = contents.find(params.id);
      const { name } = await files.open(infoHash, params.index);
      const [oldest] = tickets.keys();
      if (tickets.size >= MAX_TICKETS && oldest !== undefined) tickets.delete(oldest);
      const ticket = randomBytes(TOKEN_BYTES).toString("base64url");
      tickets.set(ticket, { infoHash, index: params.index, name });
      return reply.code(201).send({ path: `/media/${ticket}/${encodeURIComponent(name)}` });
    },
  );
  server.route<{ Params: { ticket: string; name: string } }>({
    method: ["GET", "HEAD"],
    url: "/media/:ticket/:name",
    config: { caller: "page" },
    schema: { hide: true },
    async handler(request, reply) {
      const { ticket, name } = request.params;
      const found = tickets.get(ticket);
      if (!found || found.name !== name) throw new AccessError("ROUTE_UNKNOWN", "there is nothing here: play it again");
      const played = await files.open(found.infoHash, found.index);
      reply.headers(SAFE_HEADERS);
      return sendFile({ ...played, onProblem: onFault }, answerOf(played, request), request, reply);
    },
  });
}
