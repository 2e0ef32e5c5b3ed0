import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StreamedContent } from "../../../client/stream/readers.ts";
import { type StreamServer, startStreamServer } from "../../../client/stream/stream-server.ts";

const PIECE = 64 * 1024;
/** The file begins inside of piece 1 and ends inside of piece 21. */
const OFFSET = PIECE + 1000;
const BYTES = randomBytes(20 * PIECE);
const LAST_PIECE = 21;

/** A content whose pieces come when the test says so; the file is there from the beginning. */
class FakeContent implements StreamedContent {
  readonly pieces = new Set<number>();
  readonly steered: number[] = [];
  #watchers: (() => void)[] = [];

  isOnDisk = (piece: number): boolean => this.pieces.has(piece);
  readFrom = (piece: number): void => {
    this.steered.push(piece);
    for (const watcher of this.#watchers.splice(0)) watcher();
  };

  come(first: number, last = first): void {
    for (let piece = first; piece <= last; piece++) this.pieces.add(piece);
    server.arrived();
  }

  async untilSteeredTo(piece: number): Promise<void> {
    while (this.steered.at(-1) !== piece) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
}

let directory: string;
let content: FakeContent;
let server: StreamServer;
let problems: unknown[];

const start = async (name: string, bytes = BYTES): Promise<StreamServer> => {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return startStreamServer({
    port: 0,
    file: { path, offset: OFFSET, length: bytes.length, pieceLength: PIECE },
    name,
    version: "v1",
    onProblem: (error) => problems.push(error),
  });
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-stream-"));
  content = new FakeContent();
  problems = [];
  server = await start("film.mp4");
  server.use(content);
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const get = (headers: Record<string, string> = {}, signal = AbortSignal.timeout(60_000)) =>
  fetch(server.url, { headers, signal });

/** Status and headers of a request with any header and path, which fetch would not send. */
async function ask(options: { method?: string; host?: string; path?: string }) {
  const { hostname, port, pathname } = new URL(server.url);
  const { method = "GET", host = `127.0.0.1:${port}`, path = pathname } = options;
  const asked = request({ hostname, port, path, method, headers: { host } }).end();
  const [response] = await once(asked, "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe("a request is refused", () => {
  test("when it names another host, as a page does whose name was made to lead here", async () => {
    const { port } = new URL(server.url);
    content.come(1, LAST_PIECE);
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

    for (const host of hosts) expect([host, (await ask({ host })).status]).toEqual([host, 403]);
    expect((await ask({ host: `localhost:${port}` })).status).toBe(200);
    expect((await ask({ host: `127.0.0.1:${port}` })).status).toBe(200);
  });

  test("when it names no host at all", async () => {
    const { port, pathname } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`);
    const old = connect(Number(port), "127.0.0.1");
    old.write(`GET ${pathname} HTTP/1.0\r\n\r\n`);

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await text(old)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test("without the token, whatever else is right", async () => {
    const [, token, name] = new URL(server.url).pathname.split("/");
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
    for (const path of paths) expect([path, (await ask({ path })).status]).toEqual([path, 404]);
  });

  test("with another method than GET and HEAD", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]) {
      const { status, headers } = await ask({ method });
      expect([method, status, headers.allow]).toEqual([method, 405, "GET, HEAD"]);
    }
  });

  test("with what is safe for a browser, like every answer", async () => {
    content.come(1, LAST_PIECE);
    const answers = [await ask({ host: "evil.example" }), await ask({ path: "/" }), await ask({ method: "POST" })];

    for (const { headers } of [...answers, await ask({}), await ask({ method: "HEAD" })]) {
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none';.* frame-ancestors 'none'$/);
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });

  test("when the range begins after the end", async () => {
    const response = await get({ range: `bytes=${BYTES.length}-` });

    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */1310720");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("when eight others read already, until one goes away", async () => {
    content.come(1, 5);
    await server.playable;
    const aborter = new AbortController();
    const eight = [];
    for (let i = 0; i < 8; i++) eight.push(await get({}, aborter.signal));
    const refused = await get();
    aborter.abort();

    expect(eight.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    content.come(6, LAST_PIECE);
    let status = 503;
    while (status === 503) ({ status } = await get());
    expect(status).toBe(200);
  });

  test("with a name that is no URL", async () => {
    expect((await ask({ path: "/%zz/%" })).status).toBe(400);
  });
});

test("a port that is taken is refused in one line", async () => {
  const port = Number(new URL(server.url).port);
  const file = { path: "", offset: 0, length: 1, pieceLength: 1 };
  const second = startStreamServer({ port, file, name: "a", version: "v", onProblem: () => undefined });

  await expect(second).rejects.toMatchObject({
    code: "PORT_UNUSABLE",
    message: `cannot listen on 127.0.0.1:${port}: choose another --stream-port`,
  });
});

describe("a complete file", () => {
  beforeEach(() => content.come(1, LAST_PIECE));

  test("is served whole", async () => {
    const response = await get();

    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "content-length": "1310720",
      "content-type": "video/mp4",
      etag: '"v1"',
    });
    expect(response.headers.get("content-range")).toBeNull();
    expect(response.headers.get("content-disposition")).toBeNull();
  });

  test.each([
    ["bytes=0-0", 0, 0],
    ["bytes=0-99", 0, 99],
    ["bytes=64535-64536", 64_535, 64_536],
    ["bytes=100000-900000", 100_000, 900_000],
    ["bytes=1310719-", 1_310_719, 1_310_719],
    ["bytes=-70000", 1_240_720, 1_310_719],
  ])("is served in part for %s", async (range, first, last) => {
    const response = await get({ range });

    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/1310720`);
    expect(response.headers.get("content-length")).toBe(String(last + 1 - first));
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES.subarray(first, last + 1))).toBe(true);
  });

  test("is served in part only to who has the beginning of the same file", async () => {
    const range = "bytes=5-";
    const answers = [await get({ range, "if-range": '"v1"' }), await get({ range, "if-range": '"v0"' })];

    expect(answers.map(({ status }) => status)).toEqual([206, 200]);
    await Promise.all(answers.map((response) => response.bytes()));
  });

  test("is described for HEAD, without its bytes", async () => {
    const { status, headers, body } = await ask({ method: "HEAD" });

    expect(status).toBe(200);
    expect(headers["content-length"]).toBe("1310720");
    expect(body).toBe("");
  });

  test("that is no media is saved, not shown", async () => {
    for (const [name, type, disposition] of [
      ["page.html", "application/octet-stream", "attachment"],
      ["picture.svg", "application/octet-stream", "attachment"],
      ["song.mp3", "audio/mpeg", null],
    ] as const) {
      await server.close();
      server = await start(name);
      server.use(content);
      const response = await get();
      await response.bytes();

      expect([name, response.headers.get("content-type")]).toEqual([name, type]);
      expect(response.headers.get("content-disposition")).toBe(disposition);
    }
  });

  test("may have any name that a torrent can give it", async () => {
    const name = `${"日".repeat(80)} #1 100%.mp4`;
    await server.close();
    server = await start(name);
    server.use(content);

    expect(server.url.endsWith(encodeURIComponent(name))).toBe(true);
    expect(Buffer.from(await (await get()).arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test("may be empty", async () => {
    await server.close();
    server = await start("empty.mp4", Buffer.alloc(0));
    server.use(new FakeContent());
    await server.playable;
    const [whole, part] = [await get(), await get({ range: "bytes=0-" })];

    expect([whole.status, (await whole.bytes()).length, part.status]).toEqual([200, 0, 416]);
  });
});

describe("a file that still comes", () => {
  test("can be played when its first 256 KiB are there", async () => {
    let isPlayable = false;
    const playable = server.playable.then(() => {
      isPlayable = true;
    });
    content.come(1, 4);
    await (await get({ range: "bytes=0-1" })).bytes();
    const before = isPlayable;
    content.come(5);
    await playable;

    expect(before).toBe(false);
  });

  test("tells size and type before the first byte, then sends each piece as it comes", async () => {
    const response = await get();
    expect(response.headers.get("content-length")).toBe("1310720");
    const reader = response.body?.getReader();
    let received = 0;
    const read = async (wanted: number): Promise<void> => {
      while (received < wanted) {
        const chunk = await reader?.read();
        if (!chunk?.value) throw new Error("it ended early");
        expect(Buffer.from(chunk.value).equals(BYTES.subarray(received, received + chunk.value.length))).toBe(true);
        received += chunk.value.length;
      }
    };

    content.come(1);
    await read(PIECE - 1000);
    expect(received).toBe(PIECE - 1000);
    content.come(3, LAST_PIECE);
    content.come(2);
    await read(BYTES.length);
    expect((await reader?.read())?.done).toBe(true);
  });

  test("comes from where a reader is, and from the start again when it has what it wanted", async () => {
    await content.untilSteeredTo(1);
    const end = await get({ range: "bytes=-100" });
    await content.untilSteeredTo(LAST_PIECE);
    content.come(LAST_PIECE);

    expect(Buffer.from(await end.arrayBuffer()).equals(BYTES.subarray(-100))).toBe(true);
    await content.untilSteeredTo(1);
  });

  test("is forgotten by a reader that goes away, which frees its wait", async () => {
    const aborter = new AbortController();
    await get({ range: "bytes=1000000-" }, aborter.signal);
    await content.untilSteeredTo(16);
    aborter.abort();

    await content.untilSteeredTo(1);
    expect(problems).toEqual([]);
  });

  test("is complete whatever its content says then", async () => {
    content.come(1, 10);
    const response = await get();
    server.completed();

    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test("breaks the connection when the file cannot be read, and says why", async () => {
    content.come(1, LAST_PIECE);
    writeFileSync(join(directory, "film.mp4"), BYTES.subarray(0, 500_000));
    const response = await get();

    await expect(response.bytes()).rejects.toThrow("terminated");
    expect(problems).toMatchObject([{ code: "FILE_CHANGED" }]);
  });

  test("breaks every connection when the server is closed", async () => {
    const response = await get();
    const body = response.bytes();
    const { playable } = server;
    await server.close();

    await expect(body).rejects.toThrow("terminated");
    await expect(playable).rejects.toMatchObject({ name: "AbortError" });
  });
});
