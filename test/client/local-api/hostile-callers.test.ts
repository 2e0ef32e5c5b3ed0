import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEventHub } from "../../../client/local-api/event-hub.ts";
import type { LocalPeer } from "../../../client/local-api/routes.ts";
import { type LocalApi, startLocalApi } from "../../../client/local-api/server.ts";
import { INFO } from "../account/fakes.ts";

/** Everything that a request could change throws: nobody here may get so far. */
const untouchable = new Proxy({}, { get: () => () => Promise.reject(new Error("touched")) });
const account = { network: { info: INFO }, identity: { account: `0x${"aa".repeat(20)}` } };
const local = {
  run: { peer: untouchable, store: untouchable, totals: () => ({}), account },
  contents: untouchable,
  events: createEventHub(),
  startedAtMs: 0,
  nowMs: () => 0,
  nowSec: () => 0,
  signal: new AbortController().signal,
  stop: () => undefined,
} as unknown as LocalPeer;

const ID = "ab".repeat(20);
const faults: unknown[] = [];
let api: LocalApi;
beforeAll(async () => {
  api = await startLocalApi(local, { port: 0, onFault: (error) => void faults.push(error) });
});
afterAll(() => api.close());

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly withToken?: boolean;
}

/** A request with headers that `fetch` would not send. */
function call({ method = "GET", path = "/v1/contents", headers = {}, body, withToken = true }: Call) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: unknown }>();
  const { port } = new URL(api.endpoint.url);
  const authorization = withToken ? { authorization: `Bearer ${api.endpoint.token}` } : {};
  const sent = request({ port, host: "127.0.0.1", method, path, headers: { ...authorization, ...headers } });
  let isAnswered = false;
  sent.on("response", async (response) => {
    isAnswered = true;
    const answer = await text(response).catch(() => "{}");
    resolve({ status: response.statusCode ?? 0, code: JSON.parse(answer).code });
  });
  // The server stops reading once it has refused.
  sent.on("error", (error) => isAnswered || reject(error));
  sent.end(body);
  return promise;
}

const post = (body: string, more: Record<string, string> = {}): Call => ({
  method: "POST",
  headers: { "content-type": "application/json", ...more },
  body,
});

test.each<[who: string, call: Call, status: number, code: string]>([
  ["a caller without the token", { withToken: false }, 401, "API_TOKEN_INVALID"],
  ["one with another token", { headers: { authorization: `Bearer ${"a".repeat(43)}` } }, 401, "API_TOKEN_INVALID"],
  ["one with a token of another kind", { headers: { authorization: "Basic YTpi" } }, 401, "API_TOKEN_INVALID"],
  [
    "one that puts the token into the address",
    { withToken: false, path: "/v1/peer?token=x" },
    401,
    "API_TOKEN_INVALID",
  ],
  ["a name that was made to point here", { headers: { host: "evil.example" } }, 403, "FORBIDDEN"],
  ["that name with the right port", { headers: { host: "evil.example:80" } }, 403, "FORBIDDEN"],
  ["the page of a web site", { headers: { origin: "https://evil.example" } }, 403, "FORBIDDEN"],
  ["a page without an origin", { headers: { origin: "null" } }, 403, "FORBIDDEN"],
  ["a page of another port of this machine", { headers: { origin: "http://127.0.0.1:1" } }, 403, "FORBIDDEN"],
  ["a browser that speaks for another site", { headers: { "sec-fetch-site": "cross-site" } }, 403, "FORBIDDEN"],
  ["a preflight", { method: "OPTIONS", headers: { origin: "https://evil.example" } }, 403, "FORBIDDEN"],
  ["a body of 10 MB", post(`{"id":"${"a".repeat(10_000_000)}"}`), 413, "BODY_TOO_LARGE"],
  [
    "a body of 10 MB without the token",
    { ...post("a".repeat(10_000_000)), withToken: false },
    401,
    "API_TOKEN_INVALID",
  ],
  ["broken JSON", post("{"), 400, "REQUEST_INVALID"],
  ["no object", post("[]"), 400, "REQUEST_INVALID"],
  ["a form", post("id=1", { "content-type": "application/x-www-form-urlencoded" }), 415, "MEDIA_TYPE_WRONG"],
  ["a field of another program", post(`{"id":"${ID}","directory":"/tmp","__proto__x":1}`), 400, "REQUEST_INVALID"],
  ["an id that is none", post('{"id":"../../etc","directory":"/tmp"}'), 400, "REQUEST_INVALID"],
  ["neither directory nor file", post(`{"id":"${ID}"}`), 400, "REQUEST_INVALID"],
  ["both directory and file", post(`{"id":"${ID}","directory":"/a","file":"/b"}`), 400, "REQUEST_INVALID"],
  ["a relative path", post(`{"id":"${ID}","directory":"films"}`), 400, "REQUEST_INVALID"],
  ["a cap below zero", post(`{"id":"${ID}","directory":"/a","settings":{"maxSpend":"-1"}}`), 400, "REQUEST_INVALID"],
  ["a question that is none", { path: "/v1/why/everything" }, 400, "LANE_INVALID"],
  ["a way to add up that is none", { path: "/v1/earnings?by=mood" }, 400, "REQUEST_INVALID"],
  ["a path that climbs", { path: "/v1/contents/..%2f..%2fpeer" }, 400, "REQUEST_INVALID"],
  ["a route that is none", { path: "/v2/contents" }, 404, "ROUTE_UNKNOWN"],
])("%s is refused", async (_who, asked, status, code) => {
  expect(await call(asked)).toEqual({ status, code });
  expect(faults).toEqual([]);
});

test("no answer lets a web site read it", async () => {
  const response = await fetch(new URL("openapi.json", api.endpoint.url), {
    headers: { authorization: `Bearer ${api.endpoint.token}` },
  });
  const headers = [...response.headers.keys()];
  expect(headers.filter((name) => name.startsWith("access-control-"))).toEqual([]);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  const { paths } = (await response.json()) as { paths: object };
  expect(Object.keys(paths)).toEqual([
    "/v1/contents",
    "/v1/contents/{id}",
    "/v1/contents/{id}/verify",
    "/v1/peer",
    "/v1/peer/stop",
    "/v1/events",
    "/v1/earnings",
    "/v1/why/{what}",
  ]);
});
