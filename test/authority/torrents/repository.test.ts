import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { insertTorrent } from "../../../authority/store/tables/torrents.ts";
import { publish, readMetainfo, search } from "../../../authority/torrents/repository.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";

const NEWEST = Number.MAX_SAFE_INTEGER;

let authority: TestAuthority;
let publisher: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  publisher = await authority.session(accountOf(1), 11);
});
afterEach(() => authority.stop());

/** A free torrent of one file. `name` makes its infohash. */
function torrent(name: string, pieces = 1): Uint8Array {
  const { trackerUrl } = authority.context.config;
  const hashes = "p".repeat(20 * pieces);
  const info = `d6:lengthi${16384 * pieces}e4:name${name.length}:${name}12:piece lengthi16384e6:pieces${hashes.length}:${hashes}e`;
  return Buffer.from(`d8:announce${trackerUrl.length}:${trackerUrl}4:info${info}e`, "latin1");
}
const put = (name: string, { title = name, pieces = 1, by = publisher } = {}) =>
  publish(authority.context, by, { title, pricePerGiB: "0" }, torrent(name, pieces));

test("a published torrent is a file of its own, and served as it came", async () => {
  const { infoHash } = await put("a.bin");
  expect(readdirSync(join(authority.home, "torrents", infoHash.slice(0, 2)))).toEqual([`${infoHash}.torrent`]);
  expect(Buffer.from(await readMetainfo(authority.context, infoHash)).equals(torrent("a.bin"))).toBe(true);
  await authority.restart();
  expect(Buffer.from(await readMetainfo(authority.context, infoHash)).equals(torrent("a.bin"))).toBe(true);
  const { metainfo } = await authority.context.store.db
    .selectFrom("torrents")
    .select("metainfo")
    .executeTakeFirstOrThrow();
  expect(metainfo.length).toBe(0);
});

test("a torrent is not stored when its file cannot be", async () => {
  vi.spyOn(authority.context.metainfo, "write").mockRejectedValue(new Error("no room"));
  await expect(put("a.bin")).rejects.toThrow("no room");
  expect((await search(authority.context, {}, NEWEST)).torrents).toEqual([]);
});

test("a large one is parsed in another thread, and refused with the same words", async () => {
  const { parseMetainfo } = authority.context;
  expect(await parseMetainfo(torrent("a.bin", 8_000))).toMatchObject({ pieceCount: 8_000 });
  await expect(parseMetainfo(torrent("a/b.bin", 8_000))).rejects.toMatchObject({
    code: "METAINFO_INVALID",
    message: expect.stringContaining("path separator"),
  });
});

test("a title is judged to its end, and may have joined words and emoji", async () => {
  await expect(put("a.bin", { title: `${"a".repeat(100)}\u001b[31m` })).rejects.toMatchObject({
    code: "TITLE_INVALID",
  });
  await expect(put("a.bin", { title: "\u202egpj.exe" })).rejects.toMatchObject({ code: "TITLE_INVALID" });
  expect(await put("a.bin", { title: "می\u200cخواهم 👩\u200d👧" })).toMatchObject({ sizeBytes: 16_384 });
});

describe("an account without money", () => {
  test("publishes some torrents, and more once it has a deposit", async () => {
    for (let i = 0; i < 20; i++) await put(`${i}.bin`);
    await expect(put("21.bin")).rejects.toMatchObject({ name: "PaymentError", code: "QUOTA_EXCEEDED" });
    // What is there already is no new one.
    expect(await put("3.bin")).toMatchObject({ title: "3.bin" });
    authority.chain.fund(publisher.account, 1_000_000n);
    expect(await put("21.bin")).toMatchObject({ title: "21.bin" });
  });

  test("publishes some bytes", async () => {
    await put("a.bin", { pieces: 60_000 });
    await expect(put("b.bin", { pieces: 60_000 })).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    authority.chain.fund(publisher.account, 1_000_000n);
    expect(await put("b.bin", { pieces: 60_000 })).toMatchObject({ title: "b.bin" });
  });

  test("is refused when others without money have published too much in a day", async () => {
    const stranger = { title: "t", sizeBytes: 1, pieceLength: 1, pieceCount: 1, pricePerGiB: "0", isBacked: 0 };
    await insertTorrent(authority.context.store.db, {
      ...stranger,
      infoHash: "ee".repeat(20),
      publisher: accountOf(7),
      publishedAt: authority.now,
      metainfo: new Uint8Array(),
      metainfoBytes: 512 * 1024 * 1024,
    });
    await expect(put("a.bin")).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    authority.chain.fund(publisher.account, 1n);
    expect(await put("a.bin")).toMatchObject({ title: "a.bin" });
    const other = await authority.session(accountOf(2), 12);
    authority.now += 86_401;
    expect(await put("b.bin", { by: other })).toMatchObject({ title: "b.bin" });
  });
});

describe("a search", () => {
  const titles = ["Nordlicht über Tromsø", "Northern Lights", "日本の夜 2024", "50% off_line", "Ab ovo"];
  beforeEach(async () => {
    for (const [i, title] of titles.entries()) await put(`${i}.bin`, { title });
  });

  test.each([
    ["licht", [0]],
    ["LICHT ÜBER", [0]],
    ["tromsø nord", [0]],
    ["nor", [1, 0]],
    ["north süd", []],
    ["日本の", [2]],
    ["日本", [2]],
    ["２０２４", [2]],
    ["ab", [4]],
    ["a o", [4]],
    ["% _", [3]],
    ["50% off", [3]],
    ['"nor" OR *', []],
    ["nor NOT lights", []],
    ["", [4, 3, 2, 1, 0]],
    ["  ", [4, 3, 2, 1, 0]],
  ])("for '%s' finds every word as a part of a title, newest first", async (query, expected) => {
    const { torrents } = await search(authority.context, { query }, NEWEST);
    expect(torrents.map(({ title }) => titles.indexOf(title))).toEqual(expected);
  });

  test("pages by cursor", async () => {
    const first = await search(authority.context, { query: "nor", limit: 1 }, NEWEST);
    expect(first).toMatchObject({ torrents: [{ title: titles[1] }], cursor: expect.any(String) });
    const second = await search(authority.context, { query: "nor", limit: 1 }, Number(first.cursor));
    expect(second).toMatchObject({ torrents: [{ title: titles[0] }] });
  });
});
