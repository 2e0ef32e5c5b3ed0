import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { AccessError, FloodgateError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { PROBLEM_TYPE, problem, problemOf } from "../problems.ts";
import { hostsOf, isToken, SAFE_HEADERS, TOKEN_BYTES } from "../stream/access.ts";
import { answerOf, sendFile } from "../stream/send-file.ts";
import type { ProxiedContent, ProxiedFile } from "./describe-content.ts";
import {
  describeRepo,
  describeTree,
  type HubRequest,
  hubErrorCode,
  hubHeaders,
  isRevision,
  parseHubPath,
} from "./hub-layout.ts";
import type { ProxiedContents } from "./proxied-contents.ts";
import { withWebSeed } from "./seeded-torrent.ts";

/**
 * Paid contents as plain HTTP on the loopback, for programs that know nothing of Floodgate: ranges
 * (RFC 9110, section 14), HEAD, ETag, web seeds (BEP 19) with a .torrent file that names them, and
 * the layout of model hubs. The token is in the path, `/TOKEN/ID/FILE`, or the password of Basic
 * authentication, or a bearer's, `/ID/FILE`.
 */
export interface ProxyServer {
  /** With the token; contents are below it. */
  readonly url: string;
  close(): Promise<void>;
}

const WAYS = "give an id and a file's name: /ID/FILE, /ID.torrent or /ORG/NAME/resolve/main/FILE";
const HOST = "127.0.0.1";
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 256;
const MAX_PARAMETER_LENGTH = 4_096;

/** @throws {InputError} PORT_UNUSABLE */
export async function startProxyServer(
  contents: Source,
  { port, onFault }: { readonly port: number; readonly onFault: (error: unknown) => void },
): Promise<ProxyServer> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  let hosts: readonly string[] = [];
  const server = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.addHook("onRequest", async ({ method, headers, url }, reply) => {
    reply.headers(SAFE_HEADERS);
    if (!hosts.includes(headers.host ?? ""))
      throw new AccessError("FORBIDDEN", "this proxy serves contents of Floodgate only, under its own address");
    if (!url.startsWith("/")) throw new AccessError("ROUTE_UNKNOWN", WAYS);
    if (method === "GET" || method === "HEAD") return;
    reply.header("allow", "GET, HEAD");
    throw new InputError("METHOD_WRONG", "only GET and HEAD are answered");
  });
  server.setErrorHandler((error, _request, reply) => {
    const answer = problemOf(error);
    if (answer.status >= 500 && !(error instanceof FloodgateError)) onFault(error);
    if (answer.status === 401) reply.header("www-authenticate", 'Basic realm="floodgate"');
    const costs = error instanceof PaymentError ? error.details : {};
    return reply
      .status(answer.status)
      .type(PROBLEM_TYPE)
      .send({ ...answer, ...costs });
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.status(404).type(PROBLEM_TYPE).send(problem("ROUTE_UNKNOWN", WAYS)),
  );
  addRoutes(server, contents, (given) => isToken(given, token), onFault);
  try {
    await server.listen({ host: HOST, port });
  } catch (cause) {
    throw new InputError("PORT_UNUSABLE", `cannot listen on ${HOST}:${port}: choose another --port`, { cause });
  }
  const { port: actual } = server.server.address() as AddressInfo;
  // libtorrent leaves the port out. The name is what tells a web site's requests from ours.
  hosts = [...hostsOf(actual), "127.0.0.1", "localhost"];
  return { url: `http://${HOST}:${actual}/${token}/`, close: () => server.close() };
}

type Source = Pick<ProxiedContents, "find" | "findNamed" | "buy">;

function addRoutes(
  server: FastifyInstance,
  contents: Source,
  isOurs: (token: string) => boolean,
  onFault: (error: unknown) => void,
): void {
  server.route<{ Params: { readonly "*": string } }>({
    method: ["GET", "HEAD"],
    url: "/*",
    async handler(request, reply) {
      const parts = request.params["*"].split("/");
      const [first = ""] = parts;
      const isNamed = isOurs(first);
      if (!isNamed && !isOurs(tokenOf(request.headers.authorization)))
        throw new AccessError("API_TOKEN_INVALID", "put the proxy's token into the path, or give it as the password");
      const [id = "", ...path] = isNamed ? parts.slice(1) : parts;
      const [, ofTorrent] = /^([0-9a-f]{8,40})\.torrent$/.exec(id) ?? [];
      if (ofTorrent && path.length === 0) {
        const { offer } = await contents.find(ofTorrent);
        const root = isNamed ? `/${first}/` : "/";
        const url = `http://${HOST}:${request.socket.localPort}${root}${offer.torrent.infoHash}/`;
        return reply.type("application/x-bittorrent").send(Buffer.from(withWebSeed(offer.metainfo, url)));
      }
      if (ID.test(id)) return send(contents, fileOf(await contents.find(id), path.join("/")), request, reply, onFault);
      const asked = parseHubPath([id, ...path]);
      if (asked) return answerHub(contents, asked, request, reply, onFault);
      throw new AccessError("ROUTE_UNKNOWN", WAYS);
    },
  });
}

const ID = /^[0-9a-f]{8,40}$/;

/**
 * `path` as the torrent has it, with or without its folder; empty for a content's only file.
 * @throws {AccessError} FILE_UNKNOWN
 */
function fileOf({ files, padding }: ProxiedContent, path: string): ProxiedFile {
  const all = [...files, ...padding];
  const only = path === "" && files.length === 1 ? files[0] : undefined;
  const file = only ?? all.find(({ fullPath }) => fullPath === path) ?? all.find((one) => one.path === path);
  if (!file) throw new AccessError("FILE_UNKNOWN", `the content has no file "${printable(path)}"`);
  return file;
}

/** @throws {AccessError} TORRENT_UNKNOWN, FILE_UNKNOWN */
async function answerHub(
  contents: Source,
  asked: HubRequest,
  request: FastifyRequest,
  reply: FastifyReply,
  onFault: (error: unknown) => void,
): Promise<FastifyReply> {
  try {
    const content = await contents.findNamed(asked.repo);
    if (!isRevision(content, asked.revision)) {
      reply.header("x-error-code", "RevisionNotFound");
      const { infoHash } = content.offer.torrent;
      throw new AccessError("ROUTE_UNKNOWN", `${asked.repo} has the revisions main and ${infoHash} only`);
    }
    if (asked.type === "repo") return reply.send(describeRepo(asked.repo, content));
    if (asked.type === "tree") return reply.send(describeTree(content));
    const file = content.files.find(({ path }) => path === asked.path);
    if (!file) throw new AccessError("FILE_UNKNOWN", `${asked.repo} has no file "${printable(asked.path)}"`);
    reply.headers(hubHeaders(file));
    return await send(contents, file, request, reply, onFault);
  } catch (error) {
    const code = error instanceof FloodgateError ? hubErrorCode(error.code) : null;
    if (code !== null) reply.header("x-error-code", code);
    throw error;
  }
}

async function send(
  contents: Pick<ProxiedContents, "buy">,
  found: ProxiedFile,
  request: FastifyRequest,
  reply: FastifyReply,
  onFault: (error: unknown) => void,
): Promise<FastifyReply> {
  reply.header("floodgate-price-per-gib", found.pricePerGiB.toString());
  reply.header("floodgate-cost", found.cost.toString());
  if (request.headers["if-none-match"] === found.etag) return reply.code(304).header("etag", found.etag).send();
  const answer = answerOf(found, request);
  if (found.isPadding && answer.range !== null && request.method === "GET") {
    const { start, end } = answer.range;
    return reply
      .code(answer.status)
      .headers(answer.headers)
      .send(Buffer.alloc(end + 1 - start));
  }
  const isBody = request.method === "GET" && answer.range !== null;
  const bought = isBody && answer.range ? await contents.buy(found, answer.range) : { done: () => undefined };
  return sendFile({ ...found, onProblem: onFault, onEnd: bought.done }, answer, request, reply);
}

/** A bearer's (RFC 6750), or the password of Basic (RFC 7617); empty: there is none. */
function tokenOf(authorization = ""): string {
  const [, bearer] = /^Bearer ([A-Za-z0-9_-]{1,512})$/i.exec(authorization) ?? [];
  if (bearer !== undefined) return bearer;
  const [, encoded = ""] = /^Basic ([A-Za-z0-9+/=]{1,512})$/i.exec(authorization) ?? [];
  const text = Buffer.from(encoded, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}
