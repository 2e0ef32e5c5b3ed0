import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { hasProgram } from "../support/plain-client.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const BYTES = 8 * 1024 * 1024 + 77;
const PRICE = 1_000_000n;

let world: SharedWorld;
let buyer: Customer;
let seller: Customer;
let url: string;
const originals: Record<string, Buffer> = {};
const ids: Record<string, string> = {};

beforeAll(async () => {
  world = await shareWorld();
  [seller, buyer] = await Promise.all([world.customer("seller"), world.customer("reader")]);
  const seeding = world.runner.start(["peer", "start", "--home", seller.home]);
  await seeding.event("ready");
  for (const name of ["fetched", "curled", "aria", "ranged", "dear", "hub"]) {
    const path = world.randomFile(`${name}.mp4`, BYTES);
    originals[name] = readFileSync(path);
    const price = name === "dear" ? "100.00" : "1.00";
    const { infoHash } = await world.runner.run(["publish", path, "--price", price, "--home", seller.home]);
    ids[name] = String(infoHash);
    await world.runner.run(["peer", "add", ids[name] as string, "--file", path, "--home", seller.home]);
  }
  const out = join(world.directory, "cache");
  const hub = ["--hub", `acme/film=${ids.hub}`];
  const proxy = world.runner.start(["proxy", "--out", out, ...hub, "--max-spend", "0.50", "--home", buyer.home]);
  url = String((await proxy.event("ready")).url);
});
afterAll(() => world[Symbol.asyncDispose]());

const urlOf = (name: string): string => `${url}${ids[name]}/${name}.mp4`;
const run = async (program: string, ...args: string[]): Promise<void> => {
  const child = spawn(program, args, { stdio: "ignore" });
  expect(await once(child, "close")).toEqual([0, null]);
};
const isSame = (name: string, path: string): boolean => readFileSync(path).equals(originals[name] as Buffer);

test("fetch gets the bytes, their type, their price and their name for caches", async () => {
  const response = await fetch(urlOf("fetched"));
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "video/mp4",
    "content-length": String(BYTES),
    "accept-ranges": "bytes",
    etag: `"${ids.fetched}-0"`,
    "floodgate-price-per-gib": String(PRICE),
    "floodgate-cost": String(owed(BYTES, PRICE)),
  });
  expect(Buffer.from(await response.arrayBuffer()).equals(originals.fetched as Buffer)).toBe(true);
  const again = await fetch(urlOf("fetched"), { headers: { "if-none-match": `"${ids.fetched}-0"` } });
  expect(again.status).toBe(304);
});

test("HEAD costs nothing", async () => {
  const response = await fetch(urlOf("dear"), { method: "HEAD" });
  expect([response.status, response.headers.get("content-length")]).toEqual([200, String(BYTES)]);
  const { contents } = await world.runner.run(["peer", "ls", "--home", buyer.home]);
  expect((contents as { infoHash: string }[]).map(({ infoHash }) => infoHash)).not.toContain(ids.dear);
});

test("ranges come from wherever they are", async () => {
  const original = originals.ranged as Buffer;
  const tail = await fetch(urlOf("ranged"), { headers: { range: "bytes=-1000" } });
  expect([tail.status, tail.headers.get("content-range")]).toEqual([
    206,
    `bytes ${BYTES - 1000}-${BYTES - 1}/${BYTES}`,
  ]);
  expect(Buffer.from(await tail.arrayBuffer()).equals(original.subarray(-1000))).toBe(true);
  const middle = await fetch(urlOf("ranged"), { headers: { range: "bytes=3000000-4000000" } });
  expect(Buffer.from(await middle.arrayBuffer()).equals(original.subarray(3_000_000, 4_000_001))).toBe(true);
  const beyond = await fetch(urlOf("ranged"), { headers: { range: `bytes=${BYTES}-` } });
  expect(beyond.status).toBe(416);
});

test.skipIf(!hasProgram("curl"))("curl goes on where it stopped, with the token as its password", async () => {
  const path = join(world.directory, "curled.out");
  const token = new URL(url).pathname.replaceAll("/", "");
  const plain = new URL(`${ids.curled}/curled.mp4`, new URL("/", url)).href;
  await run("curl", "--silent", "--fail", "--user", `any:${token}`, "--range", "0-999999", "--output", path, plain);
  await run("curl", "--silent", "--fail", "--user", `any:${token}`, "--continue-at", "-", "--output", path, plain);
  expect(isSame("curled", path)).toBe(true);
});

test.skipIf(!hasProgram("aria2c"))("aria2 gets the bytes over several connections", async () => {
  const out = join(world.directory, "aria");
  mkdirSync(out);
  const options = ["--no-conf", "--quiet", "--split=4", "--min-split-size=1M", "--max-connection-per-server=4"];
  await run("aria2c", ...options, `--dir=${out}`, "--out=aria.out", urlOf("aria"));
  expect(isSame("aria", join(out, "aria.out"))).toBe(true);
});

test("what the cap does not allow is refused with its price, before anything is bought", async () => {
  const response = await fetch(urlOf("dear"));
  expect(response.status).toBe(402);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(await response.json()).toMatchObject({
    status: 402,
    code: "SPEND_LIMIT",
    detail: expect.stringMatching(/it costs .* --max-spend/),
  });
});

/** Status and code of a request as no browser sends it. */
async function ask(method: string, path: string, host?: string): Promise<[number, unknown]> {
  const { port } = new URL(url);
  const sent = request({ host: "127.0.0.1", port, method, path, ...(host ? { headers: { host } } : {}) });
  sent.end();
  const [response] = await once(sent, "response");
  return [response.statusCode, JSON.parse(await text(response)).code];
}

test.each<[what: string, () => Promise<[number, unknown]>, status: number, code: string]>([
  ["no token", () => ask("GET", `/${ids.fetched}/fetched.mp4`), 401, "API_TOKEN_INVALID"],
  ["another token", () => ask("GET", `/aaaaaaaaaaaaaaaaaaaaaa/${ids.fetched}/fetched.mp4`), 401, "API_TOKEN_INVALID"],
  ["another host", () => ask("GET", new URL(urlOf("fetched")).pathname, "example.org"), 403, "FORBIDDEN"],
  ["a proxy's request for another host", () => ask("GET", "http://example.org/"), 404, "ROUTE_UNKNOWN"],
  ["a body", () => ask("POST", new URL(urlOf("fetched")).pathname), 405, "METHOD_WRONG"],
  ["no such content", () => ask("GET", `${new URL(url).pathname}${"f".repeat(40)}/x`), 404, "TORRENT_UNKNOWN"],
  ["no such file", () => ask("GET", `${new URL(url).pathname}${ids.fetched}/x`), 404, "FILE_UNKNOWN"],
  [
    "a path that climbs",
    () => ask("GET", `${new URL(url).pathname}${ids.fetched}/..%2f..%2fetc%2fpasswd`),
    404,
    "FILE_UNKNOWN",
  ],
  ["no id", () => ask("GET", `${new URL(url).pathname}etc/passwd`), 404, "ROUTE_UNKNOWN"],
])("%s is refused", async (_what, asked, status, code) => {
  expect(await asked()).toEqual([status, code]);
});

test.each<[path: string, header: string]>([
  ["acme/nothing/resolve/main/film.mp4", "RepoNotFound"],
  ["acme/film/resolve/main/config.json", "EntryNotFound"],
  ["acme/film/resolve/v2/film.mp4", "RevisionNotFound"],
  ["api/models/acme/nothing", "RepoNotFound"],
])("clients of model hubs are told what is missing at %s", async (path, header) => {
  const response = await fetch(`${url}${path}`);
  expect([response.status, response.headers.get("x-error-code")]).toEqual([404, header]);
});

test("a content is a repository of a model hub, with one revision", async () => {
  const token = new URL(url).pathname.replaceAll("/", "");
  const headers = { authorization: `Bearer ${token}` };
  const at = (path: string, method = "GET"): Promise<Response> => fetch(new URL(path, url), { headers, method });
  const info = await (await at("/api/models/acme/film/revision/main")).json();
  expect(info).toMatchObject({ id: "acme/film", sha: ids.hub, siblings: [{ rfilename: "hub.mp4", size: BYTES }] });
  expect(await (await at(`/api/datasets/acme/film/tree/${ids.hub}`)).json()).toMatchObject([{ path: "hub.mp4" }]);
  const head = await at("/acme/film/resolve/main/hub.mp4", "HEAD");
  expect(Object.fromEntries(head.headers)).toMatchObject({
    "content-length": String(BYTES),
    "x-repo-commit": ids.hub,
    "x-linked-etag": `"${ids.hub}-0"`,
    "x-linked-size": String(BYTES),
  });
  const named = await at(`/${seller.account}/hub.mp4/resolve/${ids.hub}/hub.mp4`);
  expect(Buffer.from(await named.arrayBuffer()).equals(originals.hub as Buffer)).toBe(true);
});
