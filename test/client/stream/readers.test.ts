import { beforeEach, describe, expect, test } from "vitest";
import { createReaders, type Readers } from "../../../client/stream/readers.ts";

const FILE = { first: 2, last: 9 };

/** Pieces that arrive when the test says so. */
class FakeContent {
  readonly pieces: Set<number>;
  readonly steered: number[] = [];

  constructor(...pieces: number[]) {
    this.pieces = new Set(pieces);
  }

  isOnDisk = (piece: number): boolean => this.pieces.has(piece);
  readFrom = (piece: number): void => void this.steered.push(piece);
}

let content: FakeContent;
let readers: Readers;
beforeEach(() => {
  content = new FakeContent();
  readers = createReaders(FILE, 3);
});

const never = new AbortController().signal;
const come = (...pieces: number[]): void => {
  for (const piece of pieces) content.pieces.add(piece);
  readers.arrived();
};
const join = (first: number, last = FILE.last) => {
  const reader = readers.join({ first, last });
  if (!reader) throw new Error("no place left");
  return reader;
};

describe("readers", () => {
  test("are refused above the limit, until one leaves", () => {
    const [first] = [join(2), join(2), join(2)];

    expect(readers.join(FILE)).toBeNull();
    first?.leave();
    first?.leave();
    expect(readers.join(FILE)).not.toBeNull();
    expect(readers.join(FILE)).toBeNull();
  });

  test("that go away stop waiting, and do not start to wait", async () => {
    readers.use(content);
    const gone = new AbortController();
    const waiting = join(2).until(2, gone.signal);
    gone.abort();

    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect(join(2).until(2, gone.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  test("wait for their own piece only", async () => {
    readers.use(content);
    const waiting = join(3).until(3, never);
    come(2, 4);
    const isHere = await Promise.race([waiting.then(() => true), Promise.resolve(false)]);
    come(3);

    expect(isHere).toBe(false);
    await expect(waiting).resolves.toBeUndefined();
  });

  test("wait for the next peer's content when a peer was replaced, and see its pieces at once", async () => {
    const waiting = join(2).until(2, never);
    content.pieces.add(2);
    readers.use(content);

    await expect(waiting).resolves.toBeUndefined();
  });
});

describe("the download goes on", () => {
  test("from the file's first missing piece without readers, also after a peer was replaced", () => {
    content.pieces.add(2);
    readers.use(content);
    const next = new FakeContent(2, 3);
    readers.use(next);

    expect([content.steered, next.steered]).toEqual([[3], [4]]);
  });

  test("nowhere when the whole file is on disk", () => {
    content = new FakeContent(2, 3, 4, 5, 6, 7, 8, 9);
    readers.use(content);
    join(2);

    expect(content.steered).toEqual([]);
  });

  test("where a player seeks to, from the first piece that is missing there", () => {
    readers.use(content);
    content.pieces.add(6);
    join(6);

    expect(content.steered).toEqual([2, 7]);
  });

  test("at the end for a reader that asks for it, then again where an older reader waits", async () => {
    readers.use(content);
    const older = join(2).until(2, never);
    const newer = join(9);
    const end = newer.until(9, never);
    come(9);
    await end;
    newer.leave();

    expect(content.steered).toEqual([2, 9, 2]);
    come(2);
    await older;
  });

  test("where a reader waits before where another one has only still to read", async () => {
    readers.use(content);
    const waiting = join(5).until(5, never);
    content.pieces.add(7);
    await join(7).until(7, never);

    expect(content.steered).toEqual([2, 5]);
    come(5);
    await waiting;
  });

  test("with a reader's next piece once the previous one has arrived", async () => {
    readers.use(content);
    const reader = join(2);
    const first = reader.until(2, never);
    come(2, 3);
    await first;

    expect(content.steered).toEqual([2, 4]);
  });
});
