import { expect, test } from "vitest";
import { exitCodeOf } from "../../../../cli/exit-codes.ts";
import { contentError } from "../../../../client/torrent/content/content-problems.ts";

test.each<[string, object, string, number]>([
  ["a full disk", { code: "ENOSPC" }, "DISK_FULL", 9],
  ["whatever else a disk says", { code: "EIO", message: "i/o error" }, "CONTENT_FAILED", 9],
])("%s is this machine's trouble, not a bug", (_name, fault, code, exitCode) => {
  const error = contentError(Object.assign(new Error("write failed"), fault));
  expect(error).toMatchObject({ code });
  expect(exitCodeOf(error)).toBe(exitCode);
});
