import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Scene } from "../../../scripts/live/scene.ts";
import { type LiveServer, startLiveServer } from "../../../scripts/live/server.ts";

let server: LiveServer;
let host: string;
let cookie: string;
let formToken: string;
const started: string[] = [];
const scripts = mkdtempSync(join(tmpdir(), "floodgate-live-"));
writeFileSync(join(scripts, "live.js"), "");

beforeAll(async () => {
  server = await startLiveServer({ scripts: () => scripts, start: (id) => started.push(id) });
  host = new URL(server.url).host;
  const opened = await ask("GET", new URL(server.url).pathname);
  cookie = opened.cookie;
  expect(opened).toMatchObject({ status: 303, location: "/" });
  expect(cookie).toMatch(/^floodgate-demo=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
  formToken = tokenIn((await ask("GET", "/", { cookie })).body);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(scripts, { recursive: true });
});

const tokenIn = (page: string): string => /data-token="([0-9a-f]*)"/.exec(page)?.[1] ?? "";

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly cookie: string;
  readonly location: string;
  readonly policy: string;
}

/** `fetch` lets nobody choose a host. */
async function ask(method: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<Answer> {
  const sent = request({
    host: "127.0.0.1",
    port: Number(host.split(":")[1]),
    method,
    path,
    headers: { host, ...headers },
  });
  const answered = new Promise<Answer>((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", async (response) =>
      resolve({
        status: response.statusCode ?? 0,
        body: await text(response),
        cookie: response.headers["set-cookie"]?.[0] ?? "",
        location: response.headers.location ?? "",
        policy: String(response.headers["content-security-policy"]),
      }),
    );
  });
  sent.end(body);
  return answered;
}

const own = (): Record<string, string> => ({ cookie, origin: `http://${host}`, "sec-fetch-site": "same-origin" });
const form = (): string => `case=kill-authority&token=${formToken}`;

describe("the live page's server", () => {
  test("gives the form's token to the browser that showed the key, and to no other", async () => {
    expect(formToken).toMatch(/^[0-9a-f]{64}$/);
    const stranger = await ask("GET", "/");
    expect(stranger.status).toBe(200);
    expect(tokenIn(stranger.body)).toBe("");
    expect(stranger.policy).toContain("script-src 'self'");
    expect(stranger.policy).not.toContain("unsafe-inline");
    expect(await ask("GET", `/open/${"0".repeat(64)}`)).toMatchObject({ status: 404, cookie: "" });
  });

  test("starts a case for the page's own form", async () => {
    expect(await ask("POST", "/break", own(), form())).toMatchObject({ status: 204 });
    expect(started.splice(0)).toEqual(["kill-authority"]);
  });

  test.each([
    ["a name that was made to point here", () => ({ ...own(), host: "evil.example" }), form, 403],
    ["another port's page", () => ({ ...own(), origin: "http://127.0.0.1:1" }), form, 403],
    ["another site's form", () => ({ ...own(), "sec-fetch-site": "cross-site" }), form, 403],
    ["a form of nobody's", () => ({ cookie }), form, 403],
    ["no cookie", () => ({ ...own(), cookie: "" }), form, 401],
    ["a wrong cookie", () => ({ ...own(), cookie: `floodgate-demo=${"0".repeat(64)}` }), form, 401],
    ["a wrong token", own, () => "case=kill-authority&token=0", 403],
    ["no token", own, () => "case=kill-authority", 403],
    ["a form without an end", own, () => "x".repeat(2_000), 413],
  ])("refuses %s", async (_, headers, body, status) => {
    expect(await ask("POST", "/break", headers(), body())).toMatchObject({ status });
    expect(started).toEqual([]);
  });

  test("refuses other names and sites for reading, too", async () => {
    expect(await ask("GET", "/events", { host: "evil.example" })).toMatchObject({ status: 403 });
    expect(await ask("GET", "/", { origin: "http://evil.example" })).toMatchObject({ status: 403 });
    expect(await ask("DELETE", "/", own())).toMatchObject({ status: 405 });
    expect(await ask("GET", "/../package.json", own())).toMatchObject({ status: 404 });
  });

  test("says that the network is starting, while there is no script", async () => {
    await using early = await startLiveServer({ scripts: () => null, start: () => undefined });
    const reply = await fetch(early.url);
    expect(await reply.text()).toContain("The network is starting");
  });

  test("sends the picture to those who look, and again when it has changed", async () => {
    const scene = new Scene();
    scene.say("step", "one");
    server.show(scene.read());
    const reply = await fetch(`http://${host}/events`);
    const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<unknown> => {
      const { value } = await reader.read();
      return JSON.parse(
        Buffer.from(value as Uint8Array)
          .toString()
          .replace(/^data: /, ""),
      ).log;
    };
    expect(await next()).toMatchObject([{ text: "one" }]);
    expect(server.isWatched).toBe(true);
    server.show(scene.read());
    scene.say("step", "</script>");
    server.show(scene.read());
    expect(await next()).toMatchObject([{ text: "</script>" }, { text: "one" }]);
    await reader.cancel();
  });
});
