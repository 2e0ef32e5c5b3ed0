import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPublished, rememberPublished } from "../../../client/contents/published.ts";
import { listPieces } from "../../../client/torrent/content/known-pieces.ts";
import { readMetainfo } from "../../../client/torrent/content/metainfo.ts";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";

/** What was published is not hashed a second time to be seeded, unless it has changed. */

let home: string;
let path: string;
let asked: Parameters<typeof findPublished>[1];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "floodgate-published-"));
  path = join(home, "album");
  mkdirSync(path);
  for (const name of ["a", "b"]) writeFileSync(join(path, name), name.repeat(70_000));
  const metainfo = await createMetainfo(path, { trackerUrl: "http://127.0.0.1/announce", isPaid: false });
  const { infoHash } = parseMetainfo(metainfo);
  asked = { infoHash, metainfo };
});
afterEach(() => rmSync(home, { recursive: true }));

test("all pieces of what this home has published are known", async () => {
  expect(await findPublished(home, asked, path)).toBeNull();
  const parsed = await readMetainfo(asked.metainfo, asked.infoHash);
  await rememberPublished(home, parsed, path);
  const { bits, suspects } = (await findPublished(home, asked, path)) ?? {};
  const count = parsed.pieces.length;
  expect(listPieces(bits as Uint8Array, count)).toHaveLength(count);
  expect([bits?.at(-1), suspects]).toEqual([(0xff << ((8 - (count % 8)) % 8)) & 0xff, []]);
});

test("a file that was written since, or is elsewhere, makes all of them unknown", async () => {
  await rememberPublished(home, await readMetainfo(asked.metainfo, asked.infoHash), path);
  expect(await findPublished(home, asked, join(home, "other"))).toBeNull();
  utimesSync(join(path, "b"), 1, 1);
  expect(await findPublished(home, asked, path)).toBeNull();
});
