import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FakePayment } from "./fake-payment.ts";
import { PIECE, Swarm } from "./swarm.ts";

/** Contents of many files, whose padding nobody sends, pays or writes. */

const FILES: Readonly<Record<string, Buffer>> = {
  "1 one.bin": randomBytes(40 * PIECE + 1),
  "2/deep/empty": Buffer.alloc(0),
  "2/deep/two.bin": randomBytes(7),
  "3/ünï.bin": randomBytes(40 * PIECE),
  "4/last.bin": randomBytes(PIECE + 20_000),
};
const SIZE = Object.values(FILES).reduce((sum, { length }) => sum + length, 0);

let swarm: Swarm;
afterEach(() => swarm.stop());

const start = async (isPaid: boolean, files: Readonly<Record<string, Buffer>> = FILES): Promise<void> => {
  swarm = new Swarm({ isPaid, pieceLength: PIECE });
  for (const [path, bytes] of Object.entries(files)) {
    const target = join(swarm.original, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  await swarm.start();
};

/** Paths below a folder, and the hash of each file. */
function tree(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), createHash("sha1").update(readFileSync(path)).digest("hex")];
    }),
  );
}

test.each([true, false])("a folder arrives as it was, without padding; paid: %s", async (isPaid) => {
  await start(isPaid);
  const payment = new FakePayment(8);
  let sent = 0;
  payment.decide = (_wireId, _piece, _offset, length) => {
    sent += length;
    return "serve";
  };
  const seeder = await swarm.seed(1, payment);
  const leecher = await swarm.download(2);
  await leecher.content.complete;
  expect(tree(leecher.path)).toEqual(tree(swarm.original));
  expect(readdirSync(dirname(leecher.path))).toEqual([swarm.name]);
  expect(leecher.content.progress()).toMatchObject({ bytesDone: SIZE, sizeBytes: SIZE });
  expect(seeder.content.progress()).toMatchObject({ bytesDone: SIZE, sizeBytes: SIZE });
  if (isPaid) expect(sent).toBe(SIZE);
});

test.each([true, false])("only the files that are wanted arrive, and are asked for; paid: %s", async (isPaid) => {
  await start(isPaid);
  const payment = new FakePayment(8);
  let sent = 0;
  payment.decide = (_wireId, _piece, _offset, length) => {
    sent += length;
    return "serve";
  };
  await swarm.seed(1, payment);
  const patterns = ["two.*", "4/*", "*/deep/empty"];
  const leecher = await swarm.download(2, new FakePayment(8), "some", "rarest", patterns);
  await leecher.content.complete;
  const names = ["2/deep/empty", "2/deep/two.bin", "4/last.bin"];
  const all = tree(swarm.original);
  expect(tree(leecher.path)).toEqual(Object.fromEntries(names.map((name) => [name, all[name]])));
  const bytes = names.reduce((sum, name) => sum + (FILES[name]?.length ?? 0), 0);
  expect(leecher.content.progress()).toMatchObject({ bytesDone: bytes, sizeBytes: bytes });
  if (isPaid) expect(sent).toBe(bytes);
  await leecher.stop();

  // Others come later, and what is there is kept.
  const more = await swarm.download(3, new FakePayment(8), "some", "rarest", ["1 one.bin", ...patterns]);
  await more.content.complete;
  expect(Object.keys(tree(more.path)).toSorted()).toEqual(["1 one.bin", ...names]);
  if (isPaid) expect(sent).toBe(bytes + (FILES["1 one.bin"]?.length ?? 0));
});

test("files without padding between them share pieces, which are bought once", async () => {
  const small = { "a.bin": randomBytes(PIECE + 100), "b.bin": randomBytes(300), "c.bin": randomBytes(PIECE) };
  await start(false, small);
  await swarm.seed(1);
  const leecher = await swarm.download(2, new FakePayment(8), "some", "rarest", ["b.bin"]);
  await leecher.content.complete;
  expect(readFileSync(join(leecher.path, "b.bin")).equals(small["b.bin"])).toBe(true);
  expect(leecher.content.progress().bytesDone).toBe(PIECE);
  await leecher.stop();
  const more = await swarm.download(3, new FakePayment(8), "some", "rarest", ["a.bin", "b.bin"]);
  await more.content.complete;
  expect(readFileSync(join(more.path, "a.bin")).equals(small["a.bin"])).toBe(true);
  expect(more.events.filter(({ type }) => type === "progress")).toHaveLength(1);
});

test("a pattern that matches nothing is named", async () => {
  await start(true);
  await expect(swarm.download(2, new FakePayment(8), "some", "rarest", ["*.bin", "*.srt"])).rejects.toMatchObject({
    code: "FILES_UNMATCHED",
    message: expect.stringContaining('"*.srt"'),
  });
});

test("a download that goes on finds the pieces of each file", async () => {
  await start(true);
  await swarm.seed(1);
  const first = await swarm.download(2);
  await first.until(() => first.payment.verified.length > 20);
  await first.stop();
  const second = await swarm.download(3, new FakePayment(8), "out-2");
  await second.content.complete;
  expect(second.payment.onDisk.get(swarm.infoHash)?.size).toBeGreaterThanOrEqual(21);
  expect(tree(second.path)).toEqual(tree(swarm.original));
  expect(existsSync(join(dirname(second.path), ".pad"))).toBe(false);
});
