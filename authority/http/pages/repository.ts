import { Type } from "typebox";
import { MAX_TAG, MAX_TITLE } from "../../../protocol/base/constants.ts";
import { contentPage } from "../../../web/repository/content-page.ts";
import { atomFeed } from "../../../web/repository/feed.ts";
import { ORDERS } from "../../../web/repository/links.ts";
import { listPage } from "../../../web/repository/list-page.ts";
import { robots } from "../../../web/repository/robots.ts";
import type { Context } from "../../context.ts";
import { browse, createFileLists, createTagCounts, MAX_PAGE, PAGE_SIZE, readListed } from "../../torrents/browse.ts";
import { readSaid } from "../../torrents/listings.ts";
import { InfoHashParamsSchema, type Server } from "../routes/route.ts";
import type { PageDesk } from "./desk.ts";

const FEED_ENTRIES = 50;
/** Who looks twice within this time may see the same. */
const SHORT = "public, max-age=5";

const ListQuerySchema = Type.Object({
  q: Type.Optional(Type.String({ maxLength: MAX_TITLE })),
  tag: Type.Optional(Type.String({ maxLength: MAX_TAG })),
  sort: Type.Optional(Type.Enum([...ORDERS])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE })),
});

/** The public repository as pages: its list, each content, and a feed. All without JavaScript. */
export function addRepositoryPages(server: Server, context: Context, { site, send }: PageDesk): void {
  const readFiles = createFileLists(context);
  const readTags = createTagCounts(context);
  server.get("/", { schema: { hide: true, querystring: ListQuerySchema } }, async (request, reply) => {
    const { q = "", tag = "", sort = "new", page = 1 } = request.query;
    const place = { query: q.trim(), tag, order: sort, page };
    const [list, tags] = await Promise.all([browse(context, place), readTags()]);
    const isGone = list.contents.length === 0 && list.count > 0;
    reply.status(isGone ? 404 : 200).header("cache-control", SHORT);
    return send(reply, listPage(await site(), { ...list, place, tags, pageSize: PAGE_SIZE }));
  });
  server.get(
    "/contents/:infoHash",
    { schema: { hide: true, params: InfoHashParamsSchema } },
    async (request, reply) => {
      const content = await readListed(context, request.params.infoHash);
      const [files, said] = await Promise.all([readFiles(content.infoHash), readSaid(context, content)]);
      reply.header("cache-control", SHORT);
      return send(reply, contentPage(await site(), { content, trackerUrl: context.config.trackerUrl, said, ...files }));
    },
  );
  server.get("/feed.atom", { schema: { hide: true } }, async (_request, reply) => {
    const { contents } = await browse(context, { query: "", tag: "", order: "new", page: 1 });
    reply.header("cache-control", "public, max-age=60").type("application/atom+xml; charset=utf-8");
    return atomFeed(await site(), contents.slice(0, FEED_ENTRIES), context.clock.now());
  });
  server.get("/robots.txt", { schema: { hide: true } }, (_request, reply) => {
    reply.type("text/plain; charset=utf-8");
    return robots();
  });
}
