import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { DESK_LISTS, deskListPage, deskListPath } from "../../../web/operator/desk-list-page.ts";
import { deskPage } from "../../../web/operator/desk-page.ts";
import { toGasCsv } from "../../../web/operator/gas-days.ts";
import { GAS_PATH } from "../../../web/operator/gas-section.ts";
import { loginPage } from "../../../web/operator/login-page.ts";
import type { Context } from "../../context.ts";
import { createDeskReader, readGasDays } from "../../operator/desk.ts";
import { readDeskList } from "../../operator/desk-lists.ts";
import { type OperatorLogin, OperatorLogins } from "../../operator/logins.ts";
import { logInByWallet } from "../../operator/wallet-login.ts";
import { isOperatorSecret } from "../bearer.ts";
import { problemOf } from "../problems.ts";
import type { Server } from "../routes/route.ts";
import type { PageDesk } from "./desk.ts";
import { addOperatorForms, fieldOf, requireLogin } from "./operator-forms.ts";
import { requireOwnForm, requireOwnHost } from "./own-site.ts";
import type { SiteSource } from "./site.ts";

const COOKIE = "floodgate-operator";
const COOKIE_VALUE = new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]{64})(?:;|$)`);
const MAX_FORM_BYTES = 4_096;
/** A message of 4 kB, and the signature of a wallet with code. */
const MAX_WALLET_BYTES = 32_768;
/** Units that a login takes: a network has some sixty in a minute. */
const LOGIN_COST = 100;

const PageSchema = Type.Object({ page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })) });

/** What the desk needs besides the context. */
export interface OperatorSource extends SiteSource {
  /** Hosts at which others reach the authority. */
  readonly domains: () => readonly string[];
  readonly nowMs: () => number;
}

/** The operator's desk, behind the operator secret or the wallet of the contract's owner. */
export function addOperatorPages(server: Server, context: Context, own: OperatorSource, desk: PageDesk): void {
  const { site, send } = desk;
  const logins = new OperatorLogins(own.nowMs);
  const { read: readDesk, forget } = createDeskReader(context, own.nowMs);
  const loginOf = (request: FastifyRequest): OperatorLogin | null => {
    const id = COOKIE_VALUE.exec(request.headers.cookie ?? "")?.[1];
    return id === undefined ? null : logins.find(id);
  };
  const setCookie = (reply: FastifyReply, value: string, lifetime: string): void => {
    const secure = own.urls()[0]?.startsWith("https:") ? "; Secure" : "";
    reply.header("set-cookie", `${COOKIE}=${value}; Path=/operator; HttpOnly; SameSite=Strict${secure}${lifetime}`);
  };
  server.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
  );

  server.get("/operator", { schema: { hide: true } }, async (request, reply) => {
    requireOwnHost(request, own.domains());
    reply.header("cache-control", "no-store");
    const login = loginOf(request);
    if (login === null) return send(reply, loginPage(await site(), null));
    return send(reply, deskPage(await site(), await readDesk(), login.formToken));
  });

  addDeskLists(server, context, { own, desk, loginOf });

  const requireOwn = (request: FastifyRequest): void => {
    requireOwnHost(request, own.domains());
    requireOwnForm(request, own.domains());
  };
  const form = { schema: { hide: true }, bodyLimit: MAX_FORM_BYTES };
  server.post("/operator/login", { ...form, config: { cost: LOGIN_COST } }, async (request, reply) => {
    requireOwn(request);
    reply.header("cache-control", "no-store");
    if (!isOperatorSecret(context, fieldOf(request, "secret").trim())) {
      context.log.warn("a wrong operator secret at the operator's desk");
      return send(reply.status(401), loginPage(await site(), "That is not this authority's operator secret."));
    }
    setCookie(reply, logins.begin(null).id, "");
    return reply.redirect("/operator", 303);
  });

  // From the login page's own script, which shows what the answer says.
  const walletForm = { schema: { hide: true }, bodyLimit: MAX_WALLET_BYTES, config: { cost: LOGIN_COST / 2 } };
  server.post("/operator/login/wallet", walletForm, async (request, reply) => {
    requireOwn(request);
    reply.header("cache-control", "no-store");
    const [message, signature] = [fieldOf(request, "message"), fieldOf(request, "signature")];
    try {
      const wallet = await logInByWallet(context, { message, signature }, own.domains());
      setCookie(reply, logins.begin(wallet).id, "");
      return reply.send({ wallet });
    } catch (error) {
      const answer = problemOf(error);
      context.log.warn({ code: answer.code }, "a wallet was refused at the operator's desk");
      return reply.status(answer.status).send({ code: answer.code, detail: answer.detail });
    }
  });

  server.post("/operator/logout", form, async (request, reply) => {
    requireOwn(request);
    if (loginOf(request) !== null) logins.end(requireLogin(request, loginOf).id);
    setCookie(reply, "", "; Max-Age=0");
    return reply.redirect("/operator", 303);
  });
  addOperatorForms(server, context, { form, requireOwn, loginOf, forget });
}

interface DeskDoor {
  readonly own: OperatorSource;
  readonly desk: PageDesk;
  readonly loginOf: (request: FastifyRequest) => OperatorLogin | null;
}

/** Whole lists, and gas by day as CSV, for whoever is logged in. */
function addDeskLists(server: Server, context: Context, { own, desk: { site, send }, loginOf }: DeskDoor): void {
  for (const name of DESK_LISTS)
    server.get(deskListPath(name), { schema: { hide: true, querystring: PageSchema } }, async (request, reply) => {
      requireOwnHost(request, own.domains());
      reply.header("cache-control", "no-store");
      if (loginOf(request) === null) return reply.redirect("/operator", 303);
      const { list, place } = await readDeskList(context, name, request.query.page ?? 1);
      return send(reply, deskListPage(await site(), list, place));
    });

  server.get(GAS_PATH, { schema: { hide: true } }, async (request, reply) => {
    requireOwnHost(request, own.domains());
    reply.header("cache-control", "no-store");
    if (loginOf(request) === null) return reply.redirect("/operator", 303);
    return reply.type("text/csv; charset=utf-8").send(toGasCsv(await readGasDays(context)));
  });
}
