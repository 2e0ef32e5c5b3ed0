import type { FastifyReply, FastifyRequest } from "fastify";
import { problemPage } from "../../../web/kit/problem-page.ts";
import type { Context } from "../../context.ts";
import { problem, problemOf, retryAfterOf } from "../problems.ts";
import type { Server } from "../routes/route.ts";
import { addAccountPage } from "./account.ts";
import { type Asset, readAssets } from "./assets.ts";
import { addAuditPage } from "./audit.ts";
import type { PageDesk } from "./desk.ts";
import { PAGE_HEADERS, WORKER_HEADERS } from "./headers.ts";
import { addOperatorPages, type OperatorSource } from "./operator.ts";
import { addRepositoryPages } from "./repository.ts";
import { readSite } from "./site.ts";

const YEAR = "public, max-age=31536000, immutable";

export interface Pages {
  /** For addresses that are none, asked by someone who reads pages. */
  missing(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

/** Pages for people: repository, feed, account, auditor, operator's desk, and what they load. */
export async function addPages(server: Server, context: Context, own: OperatorSource): Promise<Pages> {
  const { paths, files } = readAssets(context.config.scripts);
  const desk: PageDesk = {
    site: () => readSite(own, paths),
    send: (reply, page, headers = PAGE_HEADERS) => reply.headers(headers).type("text/html; charset=utf-8").send(page),
  };
  await server.register(async (scope) => {
    scope.setErrorHandler(async (error, _request, reply) => {
      const answer = problemOf(error);
      if (answer.status >= 500) context.log.error({ err: error }, "a page failed");
      const retryAfter = retryAfterOf(error);
      if (retryAfter !== null) reply.header("retry-after", retryAfter);
      return desk.send(reply.status(answer.status), problemPage(await desk.site(), answer));
    });
    for (const file of files) addAsset(scope as unknown as Server, file, paths.auditWorker);
    addRepositoryPages(scope as unknown as Server, context, desk);
    addAccountPage(scope as unknown as Server, own, desk);
    addAuditPage(scope as unknown as Server, desk);
    addOperatorPages(scope as unknown as Server, context, own, desk);
  });
  return {
    async missing(request, reply) {
      const what = `There is no page at ${request.url.split("?")[0]?.slice(0, 80)}`;
      const page = problemPage(await desk.site(), { ...problem("ROUTE_UNKNOWN", what), title: "Not found" });
      return desk.send(reply.status(404), page);
    },
  };
}

function addAsset(server: Server, { path, type, body, gzip }: Asset, auditWorker: string | null): void {
  server.get(path, { schema: { hide: true } }, (request, reply) => {
    if (path === auditWorker) reply.headers(WORKER_HEADERS);
    reply.type(type).headers({ "cache-control": YEAR, vary: "accept-encoding" });
    const isSmall = /(?:^|,\s*)gzip(?:\s*[;,]|$)/.test(String(request.headers["accept-encoding"] ?? ""));
    return isSmall ? reply.header("content-encoding", "gzip").send(gzip) : reply.send(body);
  });
}
