import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { moveFiles, removeFiles } from "../../../client/contents/downloaded-files.ts";
import { isStillThere, stampFiles } from "../../../client/contents/stamps.ts";
import { ArrivingFiles } from "../../../client/torrent/content/arriving-files.ts";
import { createFileStore } from "../../../client/torrent/content/file-store.ts";
import { findFile, openFound, partsOf, targetsOf } from "../../../client/torrent/content/part-files.ts";

/** What is not complete has another name, whatever else lies beside it. */

const PIECE = 10;
/** They share the piece between them. */
const SIZES = [25, 25];
const PIECES = SIZES.reduce((sum, size) => sum + size, 0) / PIECE;
const bytes = randomBytes(PIECES * PIECE);

let directory: string;
let close: () => void;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-part-"));
  close = () => undefined;
});
afterEach(() => {
  close();
  rmSync(directory, { recursive: true });
});

const files = SIZES.map((length, i) => ({ path: `album/${i}.bin`, length }));
const within = (...names: string[]): string => join(directory, "album", ...names);
const list = (): string[] => readdirSync(directory, { recursive: true }).map(String).toSorted();

function open() {
  const layout = {
    files: targetsOf(directory, files).map((place, i) => ({ ...place, offset: i * 25 })),
    length: bytes.length,
    pieceLength: PIECE,
  };
  const failures: unknown[] = [];
  const arriving = new ArrivingFiles(layout, (error) => failures.push(error));
  const store = createFileStore(layout, { isWritten: true });
  close = () => store.close(() => undefined);
  const put = async (piece: number): Promise<void> => {
    const part = bytes.subarray(piece * PIECE, (piece + 1) * PIECE);
    await new Promise<void>((done, fail) => store.put(piece, part, (error) => (error ? fail(error) : done())));
    arriving.count(piece, 1);
    await arriving.settled();
  };
  const get = (piece: number) =>
    new Promise<Uint8Array | undefined>((done, fail) =>
      store.get(piece, null, (error, found) => (error ? fail(error) : done(found))),
    );
  return { layout, arriving, failures, store, put, get };
}

test("each file gets its name with its last piece, and is read through both names", async () => {
  const { put, get, layout } = open();
  await put(0);
  await put(2);
  expect(list()).toEqual(["album", "album/0.bin.part", "album/1.bin.part"]);
  const before = await stampFiles(layout.files);
  const reader = await openFound(layout.files[0] as (typeof layout.files)[0], "r");
  await put(1);
  expect(list()).toEqual(["album", "album/0.bin", "album/1.bin.part"]);
  expect((await reader.read(Buffer.alloc(5), 0, 5, 10)).buffer).toEqual(bytes.subarray(10, 15));
  await reader.close();
  expect(isStillThere(before, await stampFiles(layout.files), false)).toBe(true);
  for (const piece of [4, 3]) await put(piece);
  expect(list()).toEqual(["album", "album/0.bin", "album/1.bin"]);
  expect(Buffer.from((await get(2)) ?? [])).toEqual(bytes.subarray(20, 30));
  expect(readFileSync(within("1.bin"))).toEqual(bytes.subarray(25));
});

test("a piece that was lost and comes again makes a file complete only then", async () => {
  const { put, arriving } = open();
  await put(0);
  await put(1);
  arriving.count(0, -1);
  await put(2);
  expect(list()).toContain("album/0.bin.part");
  await put(0);
  expect(list()).toContain("album/0.bin");
});

test("a download that was begun under its own name goes on there", async () => {
  mkdirSync(within());
  writeFileSync(within("0.bin"), bytes.subarray(0, 20));
  const { put } = open();
  await put(2);
  expect(list()).toEqual(["album", "album/0.bin", "album/1.bin.part"]);
  expect(readFileSync(within("0.bin"))).toEqual(bytes.subarray(0, 25));
});

test("a file that came there meanwhile is not written over", async () => {
  const { put, failures } = open();
  for (const piece of [0, 1]) await put(piece);
  writeFileSync(within("0.bin"), "mine");
  await put(2);
  expect(failures).toMatchObject([{ code: "FILE_EXISTS" }]);
  expect(readFileSync(within("0.bin"), "utf8")).toBe("mine");
  expect(existsSync(within("0.bin.part"))).toBe(true);
});

test("somebody's NAME.part beside a complete file is left alone", async () => {
  const { put, layout } = open();
  for (let piece = 0; piece < PIECES; piece++) await put(piece);
  writeFileSync(within("0.bin.part"), "of another program");
  expect((await findFile(layout.files[0] as (typeof layout.files)[0]))?.at).toBe(within("0.bin"));
  await removeFiles(directory, { files });
  expect(list()).toEqual(["album", "album/0.bin.part"]);
});

test("a content's own NAME.part, a folder of that name, and a long name are no unfinished files", () => {
  const long = "x".repeat(251);
  expect(partsOf(["a", "A.part", "b", "b.part/c", "d/e", long])).toEqual([
    ...[null, "A.part.part", null, "b.part/c.part"],
    ...["d/e.part", null],
  ]);
});

test("an unfinished file is moved and removed under its name of now", async () => {
  const single = { files: [{ path: "song.bin", length: 25 }] };
  const [from, to] = [join(directory, "from"), join(directory, "to")];
  mkdirSync(from);
  writeFileSync(join(from, "song.bin.part"), "12345");
  await moveFiles(from, single, to);
  expect(list()).toEqual(["from", "to", "to/song.bin.part"]);
  await removeFiles(to, single);
  expect(list()).toEqual(["from", "to"]);
});
