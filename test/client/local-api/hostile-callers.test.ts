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
  api = await startLocalApi(local, { port: 0, pages: null, onFault: (error) => void faults.push(error) });
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
    "/v1/contents/{id}/wires",
    "/v1/bans",
    "/v1/offers",
    "/v1/peer",
    "/v1/peer/stop",
    "/v1/events",
    "/v1/earnings",
    "/v1/why/{what}",
    "/v1/contents/{id}/files",
    "/v1/contents/{id}/files/{index}/play",
    "/v1/page/codes",
    "/v1/page/logins",
  ]);
});

/** A page that has logged in: what its requests carry. */
async function logIn(): Promise<{ cookie: string; "floodgate-page": string }> {
  const url = api.endpoint.url.slice(0, -1);
  const authorization = `Bearer ${api.endpoint.token}`;
  const made = await fetch(`${url}/v1/page/codes`, { method: "POST", headers: { authorization } });
  const body = JSON.stringify(await made.json());
  const begun = await fetch(`${url}/v1/page/logins`, { ...post(body), body });
  const { key } = (await begun.json()) as { key: string };
  const again = await fetch(`${url}/v1/page/logins`, { ...post(body), body });
  expect([begun.status, again.status]).toEqual([201, 401]);
  const cookie = begun.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^floodgate-peer-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  return { cookie: cookie.split(";")[0] as string, "floodgate-page": key };
}

test("a page is let in by its cookie and its key together, and by neither alone", async () => {
  const both = await logIn();
  const { cookie, "floodgate-page": key } = both;
  const other = await logIn();
  const ask = (headers: Record<string, string>) => call({ path: "/openapi.json", withToken: false, headers });
  expect((await ask(both)).status).toBe(200);
  expect((await ask({ cookie: `a=b; ${cookie}; c=d`, "floodgate-page": key })).status).toBe(200);
  for (const headers of [
    { cookie },
    { "floodgate-page": key },
    { cookie, "floodgate-page": other["floodgate-page"] },
    { cookie: `x${cookie}`, "floodgate-page": key },
    { cookie: cookie.replace(/-\d+=/, "-1="), "floodgate-page": key },
    { cookie: cookie.slice(0, -1), "floodgate-page": key },
    { authorization: `Bearer ${key}` },
  ])
    expect(await ask(headers), JSON.stringify(headers)).toMatchObject({ status: 401, code: "API_TOKEN_INVALID" });
  for (const headers of [
    { host: "evil.example" },
    { origin: "http://127.0.0.1:1" },
    { origin: "null" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
  ])
    expect(await ask({ ...both, ...headers }), JSON.stringify(headers)).toMatchObject({ status: 403 });
  // It leaves, and its secrets with it.
  const left = await fetch(new URL("v1/page/logins", api.endpoint.url), { method: "DELETE", headers: both });
  expect([left.status, left.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
  expect((await ask(both)).status).toBe(401);
  expect((await ask(other)).status).toBe(200);
});

test("a code that is none, or of another kind, opens nothing", async () => {
  const begin = (code: unknown) =>
    call({ ...post(JSON.stringify({ code })), path: "/v1/page/logins", withToken: false });
  expect(await begin("a".repeat(43))).toEqual({ status: 401, code: "LOGIN_INVALID" });
  for (const code of ["", "a".repeat(44), 1, null, { a: 1 }])
    expect(await begin(code)).toEqual({ status: 400, code: "REQUEST_INVALID" });
  const strange = { ...post(JSON.stringify({ code: "a".repeat(43) }), { origin: "https://evil.example" }) };
  expect(await call({ ...strange, path: "/v1/page/logins", withToken: false })).toMatchObject({ status: 403 });
  const withoutToken = { method: "POST", path: "/v1/page/codes", withToken: false };
  expect(await call(withoutToken)).toEqual({ status: 401, code: "API_TOKEN_INVALID" });
});

test.each([
  ["a text that names nothing", post('{"source":"nonsense://x"}'), "SOURCE_INVALID"],
  ["a file of this machine", post('{"source":"/etc/passwd"}'), "SOURCE_INVALID"],
  ["no text", post('{"source":1}'), "REQUEST_INVALID"],
  ["a .torrent file that is none", post("d4:", { "content-type": "application/x-bittorrent" }), "METAINFO_INVALID"],
])("of what may be added, %s is refused", async (_what, asked, code) => {
  expect(await call({ ...asked, path: "/v1/offers" })).toMatchObject({ code });
});
