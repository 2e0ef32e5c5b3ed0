import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { BYTES, LAST_PIECE, Stream } from "./stream-fixture.ts";

const stream = new Stream();

describe("a request is refused", () => {
  test("when it names another host, like a page whose name was made to point here", async () => {
    const { port } = new URL(stream.server.url);
    stream.content.arrive(1, LAST_PIECE);
    const hosts = [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      "localhost",
      "127.0.0.1:1",
      `127.0.0.1:${port}.evil.example`,
      `[::1]:${port}`,
      `0.0.0.0:${port}`,
      `LOCALHOST:${port}`,
    ];

    for (const host of hosts) expect([host, (await stream.ask({ host })).status]).toEqual([host, 403]);
    expect((await stream.ask({ host: `localhost:${port}` })).status).toBe(200);
    expect((await stream.ask({ host: `127.0.0.1:${port}` })).status).toBe(200);
  });

  test("when it names no host at all", async () => {
    const { port, pathname } = new URL(stream.server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`);
    const old = connect(Number(port), "127.0.0.1");
    old.write(`GET ${pathname} HTTP/1.0\r\n\r\n`);

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await text(old)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test("without the token, even if everything else is right", async () => {
    const [, token, name] = new URL(stream.server.url).pathname.split("/");
    const other = randomBytes(16).toString("base64url");
    const paths = [
      "/",
      `/${name}`,
      `/${token}`,
      `/${token}/`,
      `/${token}/other.mp4`,
      `/${token}/${name}/`,
      `/${other}/${name}`,
      `/${token?.slice(1)}/${name}`,
      `/${token}x/${name}`,
      `/${token?.toLowerCase()}/${name}`,
      `/?token=${token}`,
      `/${token}/../${name}`,
      `/${token}/%2e%2e%2f${name}`,
    ];

    expect(token).toMatch(/^[\w-]{22}$/);
    for (const path of paths) expect([path, (await stream.ask({ path })).status]).toEqual([path, 404]);
  });

  test("with a method other than GET and HEAD", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]) {
      const { status, headers } = await stream.ask({ method });
      expect([method, status, headers.allow]).toEqual([method, 405, "GET, HEAD"]);
    }
  });

  test("with headers that make it safe for a browser, like every answer", async () => {
    stream.content.arrive(1, LAST_PIECE);
    const answers = [
      await stream.ask({ host: "evil.example" }),
      await stream.ask({ path: "/" }),
      await stream.ask({ method: "POST" }),
    ];

    for (const { headers } of [...answers, await stream.ask({}), await stream.ask({ method: "HEAD" })]) {
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none';.* frame-ancestors 'none'$/);
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });

  test("when the range begins after the end", async () => {
    const response = await stream.get({ range: `bytes=${BYTES.length}-` });

    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */1310720");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("when eight others already read, until one goes away", async () => {
    stream.content.arrive(1, 5);
    await stream.server.playable;
    const aborter = new AbortController();
    const eight = [];
    for (let i = 0; i < 8; i++) eight.push(await stream.get({}, aborter.signal));
    const refused = await stream.get();
    aborter.abort();

    expect(eight.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    stream.content.arrive(6, LAST_PIECE);
    let status = 503;
    while (status === 503) ({ status } = await stream.get());
    expect(status).toBe(200);
  });

  test("when its path is not a valid URL", async () => {
    expect((await stream.ask({ path: "/%zz/%" })).status).toBe(400);
  });
});
