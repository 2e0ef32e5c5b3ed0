import { beforeEach, describe, expect, test } from "vitest";
import { BYTES, FakeContent, LAST_PIECE, Stream } from "./stream-fixture.ts";

const stream = new Stream();

describe("a complete file", () => {
  beforeEach(() => stream.content.arrive(1, LAST_PIECE));

  test("is served whole", async () => {
    const response = await stream.get();

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
    const response = await stream.get({ range });

    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/1310720`);
    expect(response.headers.get("content-length")).toBe(String(last + 1 - first));
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES.subarray(first, last + 1))).toBe(true);
  });

  test("is served in part only to a client that holds the beginning of the same version", async () => {
    const range = "bytes=5-";
    const answers = [await stream.get({ range, "if-range": '"v1"' }), await stream.get({ range, "if-range": '"v0"' })];

    expect(answers.map(({ status }) => status)).toEqual([206, 200]);
    await Promise.all(answers.map((response) => response.bytes()));
  });

  test("is described for HEAD, without its bytes", async () => {
    const { status, headers, body } = await stream.ask({ method: "HEAD" });

    expect(status).toBe(200);
    expect(headers["content-length"]).toBe("1310720");
    expect(body).toBe("");
  });

  test("that is not media is saved, not shown", async () => {
    for (const [name, type, disposition] of [
      ["page.html", "application/octet-stream", "attachment"],
      ["picture.svg", "application/octet-stream", "attachment"],
      ["song.mp3", "audio/mpeg", null],
    ] as const) {
      await stream.replace(name);
      const response = await stream.get();
      await response.bytes();

      expect([name, response.headers.get("content-type")]).toEqual([name, type]);
      expect(response.headers.get("content-disposition")).toBe(disposition);
    }
  });

  test("may have any name that a torrent can give it", async () => {
    const name = `${"日".repeat(80)} #1 100%.mp4`;
    await stream.replace(name);

    expect(stream.server.url.endsWith(encodeURIComponent(name))).toBe(true);
    expect(Buffer.from(await (await stream.get()).arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test("may be empty", async () => {
    await stream.replace("empty.mp4", Buffer.alloc(0), new FakeContent());
    await stream.server.playable;
    const [whole, part] = [await stream.get(), await stream.get({ range: "bytes=0-" })];

    expect([whole.status, (await whole.bytes()).length, part.status]).toEqual([200, 0, 416]);
  });
});
