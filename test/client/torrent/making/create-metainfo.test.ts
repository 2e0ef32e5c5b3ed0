import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMetainfo } from "../../../../client/torrent/content/metainfo.ts";
import { createMetainfo, type MetainfoOptions } from "../../../../client/torrent/making/create-metainfo.ts";
import { parseMetainfo } from "../../../../protocol/bittorrent/metainfo.ts";

const PIECE = 65_536;
/** As many as a torrent may have take half a minute: `npm run test:deep`. */
const MANY = process.env.FLOODGATE_DEEP === "1" ? 10_000 : 600;
const TRACKER = { trackerUrl: "http://127.0.0.1:9/announce" };

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "floodgate-tree-")), "album");
  mkdirSync(root);
});
afterEach(() => rmSync(join(root, ".."), { recursive: true }));

const put = (path: string, bytes: Buffer | string): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), bytes);
};
const make = (options: Partial<MetainfoOptions> = {}) =>
  createMetainfo(root, { ...TRACKER, isPaid: true, pieceLength: PIECE, ...options });
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test("the pieces of a nested folder are the hashes of its files, each filled up with zeros", async () => {
  const big = randomBytes(70 * PIECE + 9);
  const contents: Record<string, Buffer> = {
    "a/deep/er/one.bin": randomBytes(PIECE),
    "a/ü mit Leerzeichen.bin": randomBytes(5),
    "empty.txt": Buffer.alloc(0),
    "z/big.bin": big,
    "z/nothing": Buffer.alloc(0),
  };
  for (const [path, bytes] of Object.entries(contents)) put(path, bytes);
  mkdirSync(join(root, "hollow"));
  const seen: number[] = [];
  let leftOut = 0;
  const metainfo = await make({ onProgress: (done) => seen.push(done), onLeftOut: (count) => (leftOut = count) });
  const { infoHash, files, padding, sizeBytes } = parseMetainfo(metainfo);
  expect(files).toEqual(Object.entries(contents).map(([path, bytes]) => ({ path, sizeBytes: bytes.length })));
  expect(padding).toEqual(
    new Map([
      [1, PIECE - 5],
      [72, PIECE - 9],
    ]),
  );
  expect(sizeBytes).toBe(PIECE + 5 + big.length);
  expect([leftOut, Math.max(...seen)]).toEqual([1, 73 * PIECE]);

  const whole = Buffer.concat([
    ...Object.values(contents).slice(0, 2),
    Buffer.alloc(PIECE - 5),
    ...Object.values(contents).slice(2),
    Buffer.alloc(PIECE - 9),
  ]);
  const { pieces, files: parsed } = await readMetainfo(metainfo, infoHash);
  const hashes = Array.from({ length: Math.ceil(whole.length / PIECE) }, (_, i) =>
    createHash("sha1")
      .update(whole.subarray(i * PIECE, (i + 1) * PIECE))
      .digest("hex"),
  );
  expect(pieces).toEqual(hashes);
  expect(parsed.map(({ path, offset }) => [path, offset])).toEqual([
    ["album/a/deep/er/one.bin", 0],
    ["album/a/ü mit Leerzeichen.bin", PIECE],
    ["album/empty.txt", 2 * PIECE],
    ["album/z/big.bin", 2 * PIECE],
    ["album/z/nothing", 73 * PIECE],
  ]);
});

test(`${MANY} files make one torrent, the same one each time`, async () => {
  for (let i = 0; i < MANY; i++) put(`${i % 100}/${i}`, `${i}`.repeat(i < 100 ? 30_000 : 2));
  const [one, two] = [await make(), await make()].map(parseMetainfo);
  expect(one?.files).toHaveLength(MANY);
  expect(one?.infoHash).toBe(two?.infoHash);
});

test("links are refused, or taken for what they lead to, but never round in a circle", async () => {
  put("a.bin", randomBytes(70 * PIECE));
  writeFileSync(join(root, "../outside"), "outside");
  symlinkSync(join(root, "../outside"), join(root, "link"));
  await expect(make()).rejects.toEqual(refusal("LINK_REFUSED", /"[^"]*album\/link" is a symbolic link/));
  expect(parseMetainfo(await make({ links: "follow" })).files).toContainEqual({ path: "link", sizeBytes: 7 });
  mkdirSync(join(root, "b"));
  symlinkSync("..", join(root, "b/up"));
  await expect(make({ links: "follow" })).rejects.toEqual(refusal("LINK_REFUSED", /circle/));
  rmSync(join(root, "b/up"));
  symlinkSync("nowhere", join(root, "b/up"));
  await expect(make({ links: "follow" })).rejects.toEqual(refusal("FILE_UNREADABLE", /b\/up" \(ENOENT\)/));
});

const TREES: readonly [name: string, code: string, says: RegExp, grow: () => unknown][] = [
  ["names that differ in case", "NAMES_COLLIDE", /"readme" where case/, () => [put("README", "1"), put("readme", "2")]],
  ["folders that differ in case", "NAMES_COLLIDE", /a\/x/, () => [put("A/x", "1"), put("a/x", "2")]],
  ["a file that is a folder in other case", "NAMES_COLLIDE", /"b"/, () => [put("b", "1"), put("B/x", "2")]],
  ["one name in two compositions", "NAMES_COLLIDE", /ü/, () => [put("\u00fc", "1"), put("u\u0308", "2")]],
  ["a control character", "NAME_UNSAFE", /control or invisible/, () => put("a\u001b[2Jb", "1")],
  ["a line break in a folder's name", "NAME_UNSAFE", /control/, () => put("a\nb/c", "1")],
  ["a name that turns the line round", "NAME_UNSAFE", /invisible/, () => put("a\u202egpj.exe", "1")],
  ["a device of Windows", "NAME_UNSAFE", /device name/, () => put("sub/NUL.txt", "1")],
  ["a backslash", "NAME_UNSAFE", /separator/, () => put("..\\up", "1")],
  ["a dot at the end", "NAME_UNSAFE", /ends with a dot/, () => put("name.", "1")],
  [
    "bytes that are no text",
    "NAME_UNSAFE",
    /not UTF-8/,
    () => writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe])]), "1"),
  ],
  ["nothing in it", "FILE_EMPTY", /is empty/, () => rmSync(join(root, "base.bin"))],
];

test.each(TREES)("a folder with %s is refused: %s", async (_name, code, says, grow) => {
  put("base.bin", randomBytes(70 * PIECE));
  grow();
  await expect(make()).rejects.toEqual(refusal(code, says));
});

test("a socket is no file", async () => {
  put("base.bin", randomBytes(70 * PIECE));
  const server = createServer().listen(join(root, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  await expect(make()).rejects.toEqual(refusal("FILE_UNUSABLE", /socket" is neither a file nor a folder/));
  server.close();
});

test.skipIf(process.getuid?.() === 0)("what may not be read is named", async () => {
  put("base.bin", randomBytes(70 * PIECE));
  put("locked/a", "1");
  chmodSync(join(root, "locked"), 0);
  await expect(make()).rejects.toEqual(refusal("FILE_UNREADABLE", /locked" \(EACCES\)/));
  chmodSync(join(root, "locked"), 0o755);
});

test.each([
  ["grows", (path: string) => writeFileSync(path, randomBytes(80 * PIECE))],
  ["is cut", (path: string) => truncateSync(path, 66 * PIECE)],
  ["is removed", (path: string) => rmSync(path)],
])("a file that %s while it is read ends it with its name", async (_name, change) => {
  for (const name of ["a.bin", "b.bin"]) put(name, randomBytes(70 * PIECE));
  let isChanged = false;
  const onProgress = (): void => {
    if (!isChanged) change(join(root, "b.bin"));
    isChanged = true;
  };
  await expect(make({ onProgress })).rejects.toMatchObject({
    code: expect.stringMatching(/^FILE_(CHANGED|UNREADABLE)$/),
    message: expect.stringContaining("b.bin"),
  });
});

test("it can be stopped", async () => {
  put("a.bin", randomBytes(200 * PIECE));
  const stop = new AbortController();
  const making = make({ signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) });
  await expect(making).rejects.toThrow("enough");
});

test("holes have the hash of zeros, whole pieces and the last part alike", async () => {
  const bytes = Buffer.alloc(66 * PIECE + 5);
  // Zero at both ends, and not in between; and the other way round.
  bytes[3 * PIECE + 70] = 1;
  bytes[5 * PIECE] = 1;
  bytes[8 * PIECE - 1] = 1;
  put("hole.img", bytes);
  const path = join(root, "hole.img");
  const metainfo = await createMetainfo(path, { ...TRACKER, isPaid: true, pieceLength: PIECE });
  const { pieces } = await readMetainfo(metainfo, parseMetainfo(metainfo).infoHash);
  const expected = Array.from({ length: 67 }, (_, piece) =>
    createHash("sha1")
      .update(bytes.subarray(piece * PIECE, (piece + 1) * PIECE))
      .digest("hex"),
  );
  expect(pieces).toEqual(expected);
});
