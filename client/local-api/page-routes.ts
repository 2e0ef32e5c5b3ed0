import type { FastifyReply, FastifyRequest } from "fastify";
import { AccessError } from "../../protocol/base/errors.ts";
import { CodeSchema, LoginSchema } from "../../protocol/http/peer-detail.ts";
import type { Callers } from "./callers.ts";
import { cookieName, sessionOf } from "./callers.ts";
import type { PageLogins } from "./page-logins.ts";
import type { Server } from "./routes.ts";

/** A file of the page. Somebody else made it: this part knows no markup. */
export interface PageFile {
  /** From the slash. */
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Read, or built, when somebody opens the page for the first time. */
export type PageSource = () => Promise<readonly PageFile[]>;

interface PageDesk extends Omit<Callers, "token"> {
  readonly logins: PageLogins;
  readonly pages: PageSource | null;
}

/** The page's files, and how a browser logs in. */
export function addPageRoutes(server: Server, { logins, hosts, scheme, pages }: PageDesk): void {
  const cookieOf = (value: string, more = ""): string =>
    `${cookieName(hosts())}=${value}; Path=/; HttpOnly; SameSite=Strict${scheme === "https" ? "; Secure" : ""}${more}`;
  server.post(
    "/v1/page/codes",
    { schema: { summary: "a code that opens the page, once, within two minutes", response: { 201: CodeSchema } } },
    async (_request, reply) => {
      // What is to be built is built while a browser starts.
      pages?.().catch(() => undefined);
      return reply.code(201).send({ code: logins.newCode() });
    },
  );
  server.post(
    "/v1/page/logins",
    {
      config: { caller: "anyone" },
      schema: {
        summary: "a page gives its code for a session: a cookie, and a key for its requests",
        security: [],
        body: CodeSchema,
        response: { 201: LoginSchema },
      },
    },
    async (request, reply) => {
      const session = logins.begin(request.body.code);
      if (session === null)
        throw new AccessError(
          "LOGIN_INVALID",
          "this link was used already, or is older than two minutes: run `floodgate peer ui` again",
        );
      return reply.code(201).header("set-cookie", cookieOf(session.cookie)).send({ key: session.key });
    },
  );
  server.delete("/v1/page/logins", { schema: { summary: "log this page out" } }, async (request, reply) => {
    const session = sessionOf(request, { hosts, logins });
    if (session) logins.end(session);
    return reply.code(204).header("set-cookie", cookieOf("", "; Max-Age=0")).send();
  });
  if (pages === null) return;
  const send = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const [path] = request.url.split("?");
    const file = (await pages()).find((one) => one.path === path);
    if (!file) return reply.callNotFound() as unknown as FastifyReply;
    return reply.headers(file.headers).type(file.type).send(file.body);
  };
  const open = { config: { caller: "anyone" as const }, schema: { hide: true } };
  server.get("/", open, send);
  server.get("/assets/*", open, send);
}
