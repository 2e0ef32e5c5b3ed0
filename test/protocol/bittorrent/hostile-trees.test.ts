import { join, resolve, sep } from "node:path";
import bencode from "bencode";
import fc from "fast-check";
import { expect, test } from "vitest";
import { placesOf } from "../../../client/torrent/content/part-files.ts";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";

/** Names as those have them who want to write elsewhere, or over something. */
const NASTY = [
  ...["", ".", "..", "...", "/", "//", "/etc/passwd", "../up", "a/../../b", "..\\up", "C:\\x", "C:", "~", "~root"],
  ...["\0", "a\0b", "\n", "\u202eexe.txt", "\u200b", "\ufeff", "con", "NUL.txt", "aux.", "com1", "a.", "a ", " a"],
  ...["a:b", "a|b", "a*", "__proto__", "constructor", "-rf", "$HOME", "`id`", "%2e%2e", "a", "A", "\u00fc", "u\u0308"],
  ...["ss", "\u00df", "\u017f", "\u0130", "i", "I", "x".repeat(255), "x".repeat(256), "\u00e4".repeat(128)],
];
const name = fc.oneof(
  fc.constantFrom(...NASTY).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }).map((text) => Buffer.from(text)),
);
const path = fc.array(name, { maxLength: 5 });
const tree = fc.record({
  name,
  paths: fc.array(fc.oneof({ weight: 3, arbitrary: path }, { weight: 1, arbitrary: name.map((one) => [one]) }), {
    minLength: 1,
    maxLength: 6,
  }),
  lead: fc.constantFrom("path", "path.utf-8"),
});

test("of 2,000 hostile trees, each is refused, or stays within its folder, file by file", () => {
  let taken = 0;
  fc.assert(
    fc.property(tree, ({ name, paths, lead }) => {
      const files = paths.map((path) => ({ length: 1_000, path, [lead]: path }));
      const pieces = Buffer.alloc(20 * Math.ceil((1_000 * files.length) / 16_384));
      const metainfo = bencode.encode({ info: { files, name, "piece length": 16_384, pieces } });
      let parsed: ReturnType<typeof parseMetainfo>;
      try {
        parsed = parseMetainfo(metainfo);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
        expect((error as Error).message).toMatch(/^[^\p{Cc}]{1,400}$/u);
        return;
      }
      taken++;
      const root = "/downloads";
      const placed = parsed.files.map((file, i) => ({
        path: join(parsed.name, file.path),
        length: 1_000,
        offset: 1_000 * i,
      }));
      const places = placesOf({ files: placed, isSingleFile: false }, { place: "download", path: root });
      const all = places.flatMap(({ path, part }) => (part === null ? [path] : [path, part]));
      for (const one of all) expect(resolve(one).startsWith(root + sep + parsed.name + sep)).toBe(true);
      expect(new Set(all.map((one) => one.normalize("NFC").toLowerCase())).size).toBe(all.length);
    }),
    { numRuns: 2_000 },
  );
  // Some are harmless: the property is about both.
  expect(taken).toBeGreaterThan(0);
});
