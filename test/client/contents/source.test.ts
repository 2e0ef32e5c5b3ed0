import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import bencode from "bencode";
import { afterAll, expect, test } from "vitest";
import { parseSource, readSource, type Source } from "../../../client/contents/source.ts";
import { startFakeHttp } from "../../cli/support/fake-http.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
/** The same 20 bytes by RFC 4648, section 6. */
const BASE32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH";
const id = (text: string): Source => ({ type: "id", id: text });

const directory = mkdtempSync(join(tmpdir(), "floodgate-source-"));
afterAll(() => rmSync(directory, { recursive: true }));
const { signal } = new AbortController();

test.each<[text: string, source: Source]>([
  [HASH, id(HASH)],
  [HASH.toUpperCase(), id(HASH)],
  ["01234567", id("01234567")],
  [`magnet:?xt=urn:btih:${HASH}&dn=film`, id(HASH)],
  [`magnet:?dn=film&xt=urn:btih:${BASE32}`, id(HASH)],
  [`magnet:?xt=urn:sha1:x&xt=urn:btih:${BASE32.toLowerCase()}`, id(HASH)],
  [`http://127.0.0.1:8600/v1/torrents/${HASH}/metainfo`, id(HASH)],
  ["https://example.org/film.torrent", { type: "url", url: "https://example.org/film.torrent" }],
  ["films/film.torrent", { type: "file", path: "films/film.torrent" }],
])("%s names a content", (text, source) => {
  expect(parseSource(text)).toEqual(source);
});

test.each([
  "",
  "magnet:",
  "magnet:?xt=urn:btih:0123",
  `magnet:?xt=urn:btmh:1220${HASH}`,
  `magnet:?xt=urn:btih:${BASE32.replace("A", "1")}`,
  "ftp://example.org/film.torrent",
  "file:///etc/passwd",
])("%o names none", (text) => {
  expect(() => parseSource(text)).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
});

const metainfo = bencode.encode({
  announce: "http://127.0.0.1/announce",
  info: { length: 1, name: "film", "piece length": 65_536, pieces: new Uint8Array(20) },
});

test("a .torrent file, and the address of one, have the infohash inside", async () => {
  const path = join(directory, "film.torrent");
  writeFileSync(path, metainfo);
  const infoHash = await readSource({ type: "file", path }, signal);
  expect(infoHash).toMatch(/^[0-9a-f]{40}$/);
  await using server = await startFakeHttp(() => ({ body: Buffer.from(metainfo).toString("latin1") }));
  await expect(readSource({ type: "url", url: `${server.url}/film.torrent` }, signal)).resolves.toBe(infoHash);
});

test.each([
  ["FILE_UNREADABLE", { type: "file", path: join(directory, "none") }],
  ["SOURCE_UNREACHABLE", { type: "url", url: "http://127.0.0.1:1/film.torrent" }],
] as const)("%s says what to check", async (code, source) => {
  await expect(readSource(source, signal)).rejects.toMatchObject({ code });
});
