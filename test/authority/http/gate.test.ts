import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuthorityConfig } from "../../../authority/config.ts";
import { limitConnections } from "../../../authority/http/limits/connections.ts";
import type { Server } from "../../../authority/http/routes/route.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { serve } from "../support/serve.ts";
import { signedRequest } from "../support/signed-request.ts";

let authority: TestAuthority;
let server: Server;
let session: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  session = await authority.session(accountOf(1), 11);
  server = await serveWith({ requestsPerMinute: 600 });
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

async function serveWith(http: Partial<AuthorityConfig["http"]>): Promise<Server> {
  const { context } = authority;
  const config = { ...context.config, http: { ...context.config.http, ...http } };
  return serve({ ...context, config });
}

const push = (of: TestSession, count: number, remoteAddress: string): InjectOptions =>
  signedRequest(authority, of, {
    method: "POST",
    url: "/v1/vouchers",
    remoteAddress,
    payload: {
      vouchers: Array.from({ length: count }, (_, lane) => ({
        payer: accountOf(9),
        lane: lane + 1,
        amount: "1",
        signature: `0x${"00".repeat(64)}`,
        final: false,
      })),
    },
  });

/** A costly request of a stranger. */
const loginFrom = (remoteAddress: string, headers = {}): InjectOptions => ({
  method: "POST",
  url: "/v1/login",
  remoteAddress,
  headers,
  payload: {},
});

/** Sends the same request until it is refused for its number, at most 1,000 times. */
async function untilRefused(request: InjectOptions): Promise<{ answered: number; retryAfter: number }> {
  for (let answered = 0; answered < 1_000; answered++) {
    const { statusCode, headers } = await server.inject(request);
    if (statusCode === 429) return { answered, retryAfter: Number(headers["retry-after"]) };
  }
  return { answered: 1_000, retryAfter: 0 };
}

test("a flood of one network is refused with the seconds to wait, and no other network is", async () => {
  const { answered, retryAfter } = await untilRefused(loginFrom("192.0.2.1"));
  expect(answered).toBe(11);
  expect(retryAfter).toBeGreaterThanOrEqual(1);
  expect((await server.inject(loginFrom("192.0.2.2"))).statusCode).toBe(400);
  // A /56 of IPv6 is one customer.
  await untilRefused(loginFrom("2001:db8::1"));
  expect((await server.inject(loginFrom("2001:db8:0:7::1"))).statusCode).toBe(429);
  expect((await server.inject(loginFrom("2001:db8:0:100::1"))).statusCode).toBe(400);
});

test("unknown routes and wrong tokens cost as much as others", async () => {
  const unknown = { url: "/v1/nothing", remoteAddress: "192.0.2.1" };
  expect((await untilRefused(unknown)).answered).toBe(600);
  const forged = { url: "/v1/account", remoteAddress: "192.0.2.2", headers: { authorization: "Bearer forged" } };
  expect((await untilRefused(forged)).answered).toBeLessThan(600);
  const operator = { ...forged, method: "POST", url: "/v1/tracker/announces", remoteAddress: "192.0.2.3" } as const;
  expect((await untilRefused(operator)).answered).toBe(600);
});

test("an account has its own limit, wherever it asks from, and a household many accounts", async () => {
  const other = await authority.session(accountOf(2), 12);
  const request = (of: TestSession, remoteAddress: string): InjectOptions =>
    signedRequest(authority, of, { method: "POST", url: "/v1/withdrawals", remoteAddress, payload: {} });
  await untilRefused(request(session, "192.0.2.1"));
  expect((await server.inject(request(session, "192.0.2.9"))).statusCode).toBe(429);
  expect((await server.inject(request(other, "192.0.2.1"))).statusCode).toBe(400);
});

test("bad vouchers are counted one by one", async () => {
  const { answered } = await untilRefused(push(session, 100, "192.0.2.1"));
  expect(answered).toBe(5);
});

test("the tracker has no limit", async () => {
  const one = { infoHash: "ab".repeat(20), event: "update", bytesLeft: 0, session: null, request: null, payees: [] };
  const payload = { announces: [one] };
  const headers = { authorization: `Bearer ${"0".repeat(64)}` };
  const announce = { method: "POST", url: "/v1/tracker/announces", headers, payload } as const;
  for (let i = 0; i < 700; i++) expect((await server.inject(announce)).statusCode).toBe(200);
});

test("every route that needs a token or the secret is refused without it", async () => {
  const paths = (await server.inject("/openapi.json")).json().paths as Record<
    string,
    Record<string, { security?: Record<string, unknown>[] }>
  >;
  let checked = 0;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { security }] of Object.entries(operations)) {
      const url = path.replace(/\{\w+\}/g, "0".repeat(64));
      const { statusCode } = await server.inject({ method: method.toUpperCase() as "GET", url });
      expect([method, path, statusCode === 401]).toEqual([method, path, security !== undefined]);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(20);
});

test("a proxy's word about its client counts only when the proxy is trusted", async () => {
  const behind = (client: string) => loginFrom("10.0.0.1", { "x-forwarded-for": client });
  await untilRefused(behind("192.0.2.1"));
  expect((await server.inject(behind("192.0.2.2"))).statusCode).toBe(429);
  await server.close();
  server = await serveWith({ requestsPerMinute: 600, trustedProxies: ["10.0.0.0/8"] });
  await untilRefused(behind("192.0.2.1"));
  expect((await server.inject(behind("192.0.2.2"))).statusCode).toBe(400);
});

describe("on a real socket", () => {
  let sockets: Socket[];
  let port: number;
  beforeEach(async () => {
    sockets = [];
    await server.listen({ host: "127.0.0.1", port: 0 });
    port = (server.server.address() as { port: number }).port;
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
  });

  function open(): Socket {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.on("error", () => undefined);
    sockets.push(socket);
    return socket;
  }

  /** What comes back before a byte of the body was sent. */
  async function headOnly(head: readonly string[]): Promise<string> {
    const socket = open();
    socket.write(`${[...head, "host: t", "", ""].join("\r\n")}`);
    return String((await once(socket, "data"))[0]);
  }

  test.each([
    ["without a secret", ["POST /v1/tracker/announces HTTP/1.1", "content-length: 200000"], 401],
    ["without a token", ["POST /v1/torrents?title=a&pricePerGiB=0 HTTP/1.1", "content-length: 10000000"], 401],
    ["above the limit", ["POST /v1/login HTTP/1.1", "content-length: 300000"], 413],
  ])("a body %s is refused before it is sent", async (_name, [line, length], status) => {
    const answer = await headOnly([line as string, "content-type: application/json", length as string]);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test("connections of one network beyond its share are closed, and come back when others end", async () => {
    limitConnections(server.server, [], () => false, { max: 100, maxOfPrefix: 2 });
    const [first, second, third] = [open(), open(), open()];
    await Promise.all([once(first, "connect"), once(second, "connect"), once(third, "close")]);
    first.destroy();
    await once(first, "close");
    // The server hears of it on its own loop.
    const { statusCode } = await untilAnswered();
    expect(statusCode).toBe(200);
  });

  test("whoever goes on asking after many refusals gets no more answers, and others do", async () => {
    const ask = async (from: string): Promise<number | null> => {
      const socket = connect({ port, host: "127.0.0.1", localAddress: from }).setEncoding("utf8");
      socket.on("error", () => undefined);
      sockets.push(socket);
      socket.write("POST /v1/login HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\n{}");
      const answer = await Promise.race([once(socket, "data"), once(socket, "close").then(() => null)]);
      return answer && Number(/ (\d+) /.exec(String(answer[0]))?.[1]);
    };
    const statuses: (number | null)[] = [];
    while (statuses.at(-1) !== null && statuses.length < 1_000) statuses.push(await ask("127.0.0.2"));
    // It was told often enough.
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(50);
    expect(statuses.at(-1)).toBe(null);
    expect(await ask("127.0.0.3")).toBe(415);
  });

  async function untilAnswered(): Promise<{ statusCode: number }> {
    for (;;) {
      const socket = open();
      socket.write("GET /v1/health HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n");
      const answer = await Promise.race([once(socket, "data"), once(socket, "close").then(() => null)]);
      if (answer) return { statusCode: Number(/ (\d+) /.exec(String(answer[0]))?.[1]) };
    }
  }
});
