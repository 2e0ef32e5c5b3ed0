import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ParsedTorrent } from "parse-torrent";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasTargetFiles, prepareTarget } from "../../../client/torrent/content/download-target.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-target-"));
  mkdirSync(join(directory, "out"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const parsed = { files: [{ path: "album/a.bin", length: 10 }] } as unknown as ParsedTorrent;
const look = () => hasTargetFiles(join(directory, "out"), parsed);

test("a link that leads nowhere is in the way, as a file and as a folder", async () => {
  symlinkSync(join(directory, "elsewhere"), join(directory, "out", "album"));
  await expect(look()).rejects.toMatchObject({ code: "FILE_EXISTS" });
  mkdirSync(join(directory, "elsewhere"));
  expect(await look()).toBe(false);
  symlinkSync(join(directory, "nowhere"), join(directory, "elsewhere", "a.bin"));
  await expect(look()).rejects.toMatchObject({ code: "FILE_EXISTS" });
});

test("what is not there yet, or a part of it, is not", async () => {
  expect(await look()).toBe(false);
  mkdirSync(join(directory, "out", "album"));
  writeFileSync(join(directory, "out", "album", "a.bin"), "12345");
  expect(await look()).toBe(true);
});

test("what cannot be written to is refused before anything is bought; what is not there is made", async () => {
  await prepareTarget(join(directory, "out", "deep", "er"));
  expect(readdirSync(join(directory, "out", "deep", "er"))).toEqual([]);
  writeFileSync(join(directory, "file"), "");
  // /proc: neither a directory nor a file can be made, whoever asks.
  for (const path of ["/proc", "/proc/none/out", join(directory, "file"), join(directory, "file", "out")])
    await expect(prepareTarget(path)).rejects.toMatchObject({
      code: "DIRECTORY_UNUSABLE",
      message: expect.stringMatching(/^cannot write into ".*": E[A-Z]+$/),
    });
});
