import { expect, test } from "vitest";
import type { Torrent } from "webtorrent";
import { checkKnown, hasPiece, listPieces, noneOf } from "../../../client/torrent/content/known-pieces.ts";

const COUNT = 1_000;

/** A torrent whose files hold these pieces; it tells which were hashed. */
function fakeTorrent(onDisk: ReadonlySet<number>) {
  const hashed: number[] = [];
  const verified = new Set<number>();
  const verify = (pieces: readonly number[], done: (error?: Error) => void): void => {
    for (const piece of pieces) {
      hashed.push(piece);
      if (onDisk.has(piece)) verified.add(piece);
      else verified.delete(piece);
    }
    done();
  };
  const torrent = {
    pieces: Array.from({ length: COUNT }),
    bitfield: { get: (piece: number) => verified.has(piece) },
    _markVerified: (piece: number) => void verified.add(piece),
    _verifyPiecesUsingHash: verify,
    _verifyPieces: (done: () => void) =>
      verify(
        Array.from({ length: COUNT }, (_, piece) => piece),
        done,
      ),
  };
  return { torrent: torrent as unknown as Torrent, hashed, verified };
}

function bitsOf(pieces: Iterable<number>): Uint8Array {
  const bits = new Uint8Array(COUNT / 8);
  for (const piece of pieces) bits[piece >> 3] = (bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
  return bits;
}

const half = new Set(Array.from({ length: COUNT / 2 }, (_, i) => 2 * i));
const random = () => 0.5;

test("of what is known one piece in a hundred is hashed, each once, and what may have come since", () => {
  const { torrent, hashed, verified } = fakeTorrent(new Set([...half, 1, 3]));
  checkKnown(torrent, { bits: bitsOf(half), suspects: [1, 3, 5] }, random);
  torrent._verifyPieces(() => undefined);
  expect(new Set(hashed).size).toBe(hashed.length);
  expect(hashed.filter((piece) => half.has(piece))).toHaveLength(5);
  expect(hashed.filter((piece) => !half.has(piece))).toEqual([1, 3, 5]);
  expect(verified).toEqual(new Set([...half, 1, 3]));
});

test("a known piece that is wrong makes all of them doubtful", () => {
  const { torrent, hashed, verified } = fakeTorrent(new Set([2, 4]));
  checkKnown(torrent, { bits: bitsOf(half), suspects: [] }, random);
  torrent._verifyPieces(() => undefined);
  expect(new Set(hashed).size).toBe(COUNT);
  expect(verified).toEqual(new Set([2, 4]));
});

test("bits of another torrent are not believed", () => {
  const { torrent, hashed } = fakeTorrent(half);
  checkKnown(torrent, { bits: new Uint8Array(7).fill(255), suspects: [] }, random);
  torrent._verifyPieces(() => undefined);
  expect(hashed).toHaveLength(COUNT);
  expect(listPieces(new Uint8Array(7), COUNT)).toBeNull();
});

test("the highest bit of the first byte is piece 0", () => {
  expect([0, 1, 8].map((piece) => hasPiece(Uint8Array.of(0x80, 0x80), piece))).toEqual([true, false, true]);
  expect(listPieces(bitsOf([0, 9, 999]), COUNT)).toEqual([0, 9, 999]);
});

test("of a download that is new, no piece is looked for", () => {
  const { torrent, hashed, verified } = fakeTorrent(new Set());
  checkKnown(torrent, noneOf(torrent), random);
  torrent._verifyPieces((error) => expect(error).toBeUndefined());
  expect([hashed, verified.size]).toEqual([[], 0]);
});
