import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { exitCodeOf } from "../../../../cli/exit-codes.ts";
import { contentError } from "../../../../client/torrent/content/content-problems.ts";
import { createFileStore } from "../../../../client/torrent/content/file-store.ts";

test.each<[string, object, string, number]>([
  ["a full disk", { code: "ENOSPC" }, "DISK_FULL", 9],
  ["whatever else a disk says", { code: "EIO", message: "i/o error" }, "CONTENT_FAILED", 9],
])("%s is this machine's trouble, not a bug", (_name, fault, code, exitCode) => {
  const error = contentError(Object.assign(new Error("write failed"), fault));
  expect(error).toMatchObject({ code });
  expect(exitCodeOf(error)).toBe(exitCode);
});

test.skipIf(!existsSync("/dev/full"))("a disk that is full at a write is told as such", async () => {
  const content = { files: [{ path: "/dev/full", part: null, length: 10, offset: 0 }], length: 10, pieceLength: 10 };
  const store = createFileStore(content, { isWritten: true });
  const error = await new Promise((resolve) => store.put(0, new Uint8Array(10), resolve));
  expect(contentError(error)).toMatchObject({ code: "DISK_FULL" });
  await new Promise((resolve) => store.close(resolve));
});
