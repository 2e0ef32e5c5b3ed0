import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { FloodgateError, InputError } from "../../protocol/base/errors.ts";
import { isIpv4 } from "../../protocol/base/ip-address.ts";
import { IPV4, IPV6 } from "../core/peer-table.ts";
import type { Swarms } from "../core/swarms.ts";
import { type Desk, type Origin, type Reply, refuse } from "../desk.ts";
import type { Doors } from "../doors.ts";
import { infoHashOf, parseAnnounce, parseQuery, type Query } from "./query.ts";
import { encodeRefusal, encodeReply, encodeScrape, type ReplyForm } from "./reply.ts";

export interface HttpFrontOptions {
  readonly desk: Desk;
  readonly swarms: Swarms;
  readonly doors: Doors;
  readonly minIntervalSec: number;
  readonly log: (message: string) => void;
}

const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;
/** A signed announce with all lanes and payees takes 2,500 bytes. */
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_SCRAPE = 64;
const KINDS = [IPV4, IPV6] as const;
const OK = 200;
const NOT_FOUND = 404;
const METHOD_NOT_ALLOWED = 405;

/** Announces and scrapes over HTTP (BEP 3, 7, 23, 48). WebSockets are for `upgrade` listeners. */
export function createHttpFront(options: HttpFrontOptions): Server {
  const limits = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const origins = new WeakMap<Socket, Origin>();
  const server = createServer(limits, (request, response) => {
    const origin = origins.get(request.socket);
    // The socket has closed already.
    if (origin === undefined) response.destroy();
    else answer(options, origin, request, response);
  });
  server.on("connection", (socket: Socket) => {
    const address = options.doors.open(socket);
    if (address === null) return;
    const kind = isIpv4(address) ? IPV4 : IPV6;
    origins.set(socket, { kind, address, kinds: KINDS, isGone: () => false });
  });
  return server;
}

function answer(options: HttpFrontOptions, origin: Origin, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  if (request.method !== "GET") {
    send(response, encodeRefusal(refuse("use GET", null)), METHOD_NOT_ALLOWED);
    return;
  }
  if (!options.doors.allow(origin.address)) {
    // A closed connection costs the asker more than the next refusal costs us.
    response.setHeader("connection", "close");
    send(response, encodeRefusal(refuse("too many announces from your address: wait a minute", 1)));
    return;
  }
  try {
    const query = parseQuery(mark < 0 ? "" : url.slice(mark + 1));
    if (path === "/announce") answerAnnounce(options, origin, query, response);
    else if (path === "/scrape") send(response, scrape(options.swarms, query));
    else send(response, encodeRefusal(refuse("announce at /announce, scrape at /scrape", "never")), NOT_FOUND);
  } catch (error) {
    fail(options, origin, response, error);
  }
}

function answerAnnounce(options: HttpFrontOptions, origin: Origin, query: Query, response: ServerResponse): void {
  const { desk, swarms, minIntervalSec } = options;
  const { fields } = query;
  const form = { isCompact: fields.compact !== "0", isWithoutId: fields.no_peer_id === "1", minIntervalSec };
  const reply = desk.announce(parseAnnounce(query), origin);
  if (reply instanceof Promise) {
    reply.then(
      (late) => send(response, encode(late, swarms, form)),
      (error: unknown) => fail(options, origin, response, error),
    );
  } else {
    send(response, encode(reply, swarms, form));
  }
}

function encode(reply: Reply, swarms: Swarms, form: ReplyForm): Buffer {
  return reply.type === "peers" ? encodeReply(reply, swarms.peers, form) : encodeRefusal(reply);
}

/**
 * BEP 48, but only for infohashes that the client names. The list of all infohashes is the
 * authority's to give.
 * @throws {InputError} SCRAPE_INVALID
 */
function scrape(swarms: Swarms, { infoHashes }: Query): Buffer {
  const hashes = infoHashes.map(infoHashOf);
  if (hashes.length < 1 || hashes.length > MAX_SCRAPE || hashes.includes(null))
    throw new InputError("SCRAPE_INVALID", `name 1 to ${MAX_SCRAPE} infohashes to scrape`);
  return encodeScrape(hashes.map((infoHash) => swarms.get(infoHash as string)));
}

/** The peer is told the reason of a refusal. Our own faults go to the log. */
function fail(options: HttpFrontOptions, { address }: Origin, response: ServerResponse, error: unknown): void {
  const isRefusal = error instanceof FloodgateError;
  if (!isRefusal) options.log(`announce failed: ${String(error)}`);
  const reason = isRefusal ? error.message : "the tracker failed: try again in a minute";
  send(response, encodeRefusal(refuse(reason, null), address));
}

/** Announces are refused with status 200: old clients read no others (BEP 3). */
function send(response: ServerResponse, body: Buffer, status = OK): void {
  response.writeHead(status, { "content-type": "text/plain", "content-length": body.length });
  response.end(body);
}
