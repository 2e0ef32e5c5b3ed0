import { EventEmitter } from "node:events";
import { beforeEach, expect, test } from "vitest";
import type { Torrent, Wire } from "webtorrent";
import { PickerDriver } from "../../../../client/torrent/picker/picker-driver.ts";
import { createPieceBuffers } from "../../../../client/torrent/picker/piece-buffers.ts";
import { PiecePicker } from "../../../../client/torrent/picker/piece-picker.ts";
import { MIN_PIPELINE_BYTES } from "../../../../client/torrent/picker/pipeline.ts";

/**
 * One source takes requests and answers nothing. Its pieces go to one that answers, within seconds.
 */

const PIECE = 64 * 1024;
const BLOCK = 16 * 1024;
const PIECES = 16;
/** Of the honest source, bytes/s: a piece takes a quarter of a second. */
const SPEED = 4 * PIECE;

/** What the driver sees of a wire. The test answers. */
class FakeWire extends EventEmitter {
  readonly requests: { readonly piece: number; readonly offset: number; readonly length: number }[] = [];
  readonly cancelled: number[] = [];
  readonly peerPieces = { get: () => true };
  readonly lt_donthave = new EventEmitter();
  readonly peerChoking = false;
  readonly destroyed = false;

  downloadSpeed(): number {
    return SPEED;
  }

  cancel(piece: number, offset: number, length: number): void {
    const at = this.requests.findIndex((one) => one.piece === piece && one.offset === offset && one.length === length);
    this.requests.splice(at, 1);
    this.cancelled.push(piece);
  }
}

let nowMs: number;
let timers: { readonly atMs: number; readonly run: () => void }[];
let torrent: Torrent;
let picker: PiecePicker;
let driver: PickerDriver;
let honest: FakeWire;
let silent: FakeWire;
let begun: { readonly wireId: string; readonly piece: number }[];
let freed: { readonly wireId: string; readonly piece: number }[];

const wireOf = (fake: FakeWire): Wire => fake as unknown as Wire;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => start("rarest"));

/** `windowBytes`: what a wire may be asked for at any time; null: one piece after the other. */
function start(order: "rarest" | "sequential", pieceBytes = PIECE, windowBytes: number | null = null): void {
  nowMs = 0;
  [timers, begun, freed] = [[], [], []];
  const request = (wire: Wire, piece: number): boolean => {
    const block = (torrent.pieces[piece] as { reserve?(): number } | null)?.reserve?.() ?? -1;
    if (block === -1) return false;
    (wire as unknown as FakeWire).requests.push({ piece, offset: block * BLOCK, length: BLOCK });
    return true;
  };
  torrent = {
    destroyed: false,
    pieceLength: pieceBytes,
    lastPieceLength: pieceBytes,
    pieces: new Array(PIECES).fill(null),
    _reservations: [],
    _request: request,
    _updateWire: () => undefined,
  } as unknown as Torrent;
  picker = new PiecePicker({ pieceCount: PIECES, order, random: () => 0 });
  const lengthOf = (): number => pieceBytes;
  driver = new PickerDriver({
    torrent,
    picker,
    buffers: createPieceBuffers(torrent, lengthOf, (length) => new Uint8Array(length)),
    payment: {
      askableBytes: (wireId) =>
        windowBytes ?? ((wireId === "honest" ? honest : silent).requests.length === 0 ? pieceBytes : 0),
      assign: async () => undefined,
      begin: (wireId, piece) => void begun.push({ wireId, piece }),
      unassign: (wireId, pieces) => void freed.push(...pieces.map((piece) => ({ wireId, piece }))),
      pieceDisowned: () => undefined,
    },
    lengthOf,
    isCache: false,
    now: () => nowMs,
    setTimer: (run, ms) => {
      timers.push({ atMs: nowMs + ms, run });
      return () => undefined;
    },
    onFatal: (error) => {
      throw error;
    },
  });
  [honest, silent] = [new FakeWire(), new FakeWire()];
}

/** Time passes; timers run when they are due. */
async function pass(ms: number): Promise<void> {
  const endMs = nowMs + ms;
  for (;;) {
    const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
    if (!next || next.atMs > endMs) break;
    timers = timers.filter((one) => one !== next);
    nowMs = next.atMs;
    next.run();
    await turn();
  }
  nowMs = endMs;
}

/** The source sends everything that it was asked for. */
async function answer(wire: FakeWire): Promise<void> {
  const pieces = new Set(wire.requests.splice(0).map(({ piece }) => piece));
  wire.emit("download", BLOCK);
  for (const piece of pieces) picker.verified(piece);
  torrent._updateWire(wireOf(wire));
  await turn();
}

async function answerAll(wire: FakeWire): Promise<void> {
  while (wire.requests.length > 0) await answer(wire);
}

async function connect(...wires: readonly (readonly [string, FakeWire])[]): Promise<void> {
  for (let piece = 0; piece < PIECES; piece++) picker.want(piece);
  for (const [wireId, wire] of wires) driver.addWire(wireOf(wire), wireId, wireId, BLOCK);
  await turn();
}

test("pieces of a silent source go to another source that has nothing else to do", async () => {
  await connect(["silent", silent], ["honest", honest]);
  const lost = silent.requests[0]?.piece;
  await answerAll(honest);
  expect(picker.missing).toBe(1);
  await pass(3_000);
  expect(honest.requests.map(({ piece }) => piece)).toEqual([lost, lost, lost, lost]);
  expect(silent.cancelled).toEqual([lost, lost, lost, lost]);
  expect(freed).toContainEqual({ wireId: "silent", piece: lost });
  await answerAll(honest);
  expect(picker.missing).toBe(0);
});

test("a source that sends blocks keeps its piece, however slow it is", async () => {
  await connect(["silent", silent], ["honest", honest]);
  await answerAll(honest);
  for (let i = 0; i < 10; i++) {
    await pass(900);
    silent.emit("download", 1);
  }
  expect(silent.cancelled).toEqual([]);
  expect(honest.requests).toEqual([]);
});

test("a source that was silent is asked for nothing more until it sends something", async () => {
  await connect(["silent", silent], ["honest", honest]);
  const lost = silent.requests[0]?.piece;
  await answerAll(honest);
  await pass(3_000);
  expect(silent.requests).toEqual([]);
  // Only the silent one is left.
  driver.removeWire(wireOf(honest));
  await pass(3_000);
  expect(silent.requests).toEqual([]);
  // It is alive, and its answer to the cancelled requests refuses nothing.
  silent.emit("reject", lost);
  await pass(3_000);
  expect(silent.requests.map(({ piece }) => piece)).toEqual([lost, lost, lost, lost]);
});

test("a stream takes over the piece that it needs while others are still free", async () => {
  start("sequential");
  await connect(["silent", silent], ["honest", honest]);
  expect(silent.requests[0]?.piece).toBe(0);
  await answer(honest);
  await pass(2_000);
  await answerAll(honest);
  const pieces = begun.filter(({ wireId }) => wireId === "honest").map(({ piece }) => piece);
  expect(pieces).toContain(0);
  expect(pieces.indexOf(0)).toBeLessThan(PIECES / 2);
  expect(picker.missing).toBe(0);
});

test("a source is on trial until a piece of it was right, while there is another", async () => {
  start("rarest", PIECE, PIECES * PIECE);
  const begunAt = (wireId: string): number => begun.filter((one) => one.wireId === wireId).length;
  await connect(["silent", silent], ["honest", honest]);
  // The first was alone when it was asked.
  await answer(honest);
  const before = begunAt("honest");
  // Nothing else may happen that would ask for the next one: what costs no unit is not paid.
  driver.judged("honest", true);
  expect(begunAt("honest") - before).toBeGreaterThan(1);

  // What comes is wrong: one at a time again.
  driver.judged("honest", false);
  const later = begunAt("honest");
  await answer(honest);
  expect(begunAt("honest") - later).toBe(1);
});

test("a source is asked for no more than its pipeline, however much may be owed", async () => {
  start("rarest", MIN_PIPELINE_BYTES, PIECES * MIN_PIPELINE_BYTES);
  await connect(["honest", honest]);

  expect(honest.requests.length * BLOCK).toBe(MIN_PIPELINE_BYTES);
  expect(begun).toHaveLength(1);

  // A block comes at once: the next one is asked for.
  const { piece, offset } = honest.requests.shift() ?? {};
  honest.emit("piece", piece, offset, new Uint8Array(BLOCK));
  torrent._updateWire(wireOf(honest));
  expect(honest.requests.length * BLOCK).toBe(MIN_PIPELINE_BYTES);
});
