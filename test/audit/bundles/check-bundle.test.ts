import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseContentSize, readContentSizes } from "../../../audit/bundles/format/content-sizes.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

const INFO = "d6:lengthi1000e4:name1:x12:piece lengthi64e6:pieces3:\x80\x00ee";
const INFO_HASH = `0x${createHash("sha1").update(bytesOf(INFO)).digest("hex")}`;
const FILES = "d5:filesld6:lengthi7e4:pathl1:aeed6:lengthi8e4:pathl1:beee4:name1:x12:piece lengthi16ee";

test("a torrent's size, of one file or several, is read with its infohash", () => {
  expect(parseContentSize(bytesOf(`d8:announce3:a:b4:info${INFO}e`))).toEqual({
    infoHash: INFO_HASH,
    pieceLength: 64,
    sizeBytes: 1_000,
  });
  expect(parseContentSize(bytesOf(`d4:info${FILES}e`))).toMatchObject({ pieceLength: 16, sizeBytes: 15 });
});

test.each([
  ["nothing", ""],
  ["no dictionary", "i1e"],
  ["no info", "d1:ai1ee"],
  ["bytes behind the end", `d4:info${INFO}ee`],
  ["a size below 0", `d4:info${INFO.replace("1000", "-100")}e`],
  ["a size with a leading zero", `d4:info${INFO.replace("1000", "0100")}e`],
  ["a string longer than the file", `d4:info${INFO.replace("6:pieces", "99999:pieces")}e`],
  ["a string of negative length", "d4:info-5:ae"],
  ["a key without a value", "d4:infoe"],
  ["a key that is no string", "di1ei2ee"],
  ["a file without a length", `d4:info${FILES.replace("6:lengthi7e", "")}e`],
  ["endless lists", `d4:info${"l".repeat(100_000)}`],
])("%s is no torrent", (_what, text) => {
  expect(parseContentSize(bytesOf(text))).toBeNull();
});

test("what is cut anywhere is no torrent", () => {
  const text = `d4:info${INFO}e`;
  for (let end = 0; end < text.length; end++) expect(parseContentSize(bytesOf(text.slice(0, end)))).toBeNull();
});

test("a directory of torrents is read, and a false one named", async () => {
  const directory = await mkdtemp(join(tmpdir(), "floodgate-torrents-"));
  try {
    await writeFile(join(directory, "a.torrent"), bytesOf(`d4:info${INFO}e`));
    await writeFile(join(directory, "readme"), "no torrent");
    expect([...(await readContentSizes(directory)).keys()]).toEqual([INFO_HASH]);
    await writeFile(join(directory, "b.torrent"), "no torrent");
    await expect(readContentSizes(directory)).rejects.toMatchObject({ code: "TORRENT_INVALID" });
    await expect(readContentSizes(join(directory, "none"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  } finally {
    await rm(directory, { recursive: true });
  }
});
