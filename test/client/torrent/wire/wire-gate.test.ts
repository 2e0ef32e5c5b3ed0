import Wire from "bittorrent-protocol";
import { beforeEach, expect, test } from "vitest";
import type { RequestDecision } from "../../../../client/exchange.ts";
import { WireGate } from "../../../../client/torrent/wire/wire-gate.ts";

/** A gate around a real wire, whose disk answers when the test says so. */

const BLOCK = 16_384;
const HOLD_MS = 5_000;

let wire: InstanceType<typeof Wire>;
let gate: WireGate;
let decision: RequestDecision;
let sent: number[];
let unsent: number[];
let missed: number[];
let rejected: number[];
let unreadable: number[];
let disk: ((error?: Error) => void)[];
let timers: (() => void)[];

beforeEach(() => {
  wire = new Wire("tcpIncoming");
  Object.assign(wire, { hasFast: true });
  [decision, sent, unsent, missed, rejected, disk, timers] = ["serve", [], [], [], [], [], []];
  unreadable = [];
  const { piece, reject } = wire;
  wire.piece = (index, offset, block) => {
    sent.push(offset / BLOCK);
    piece.call(wire, index, offset, block);
  };
  wire.reject = (index, offset, length) => {
    rejected.push(offset / BLOCK);
    reject.call(wire, index, offset, length);
  };
  wire.on(
    "request",
    (_piece: number, _offset: number, length: number, done: (error: Error | null, block?: Uint8Array) => void) =>
      disk.push((error) => (error ? done(error) : done(null, new Uint8Array(length)))),
  );
  gate = new WireGate(wire, {
    holdMs: HOLD_MS,
    offeredLength: () => 8 * BLOCK,
    decide: () => decision,
    onUnsent: (_piece, offset) => void unsent.push(offset / BLOCK),
    onUnreadable: (piece) => void unreadable.push(piece),
    onMissed: (piece) => void missed.push(piece),
    backlog: () => wire._readableState.buffered,
    setTimer: (run) => {
      timers.push(run);
      return () => {
        timers = timers.filter((one) => one !== run);
      };
    },
  });
  gate.open();
});

const ask = (block: number): void => wire._onRequest(0, block * BLOCK, BLOCK);
const answer = (): void => {
  for (const read of disk.splice(0)) read();
};

test("a gate that shuts first sends what it let through", () => {
  ask(0);
  ask(1);
  gate.shut();
  expect(wire.amChoking).toBe(false);
  expect(gate.isSending()).toBe(true);
  answer();
  expect(sent).toEqual([0, 1]);
  expect(wire.amChoking).toBe(true);
  expect(unsent).toEqual([]);
});

test("while a gate shuts, new requests are rejected with the choke", () => {
  ask(0);
  gate.shut();
  ask(1);
  expect(rejected).toEqual([]);
  answer();
  expect(sent).toEqual([0]);
  expect(rejected).toEqual([1]);
});

test("a gate that is opened again while it shuts goes on", () => {
  ask(0);
  gate.shut();
  ask(1);
  gate.open();
  gate.resume();
  answer();
  expect(sent).toEqual([0, 1]);
  expect(wire.amChoking).toBe(false);
});

test("a gate with nothing under way shuts at once", () => {
  gate.shut();
  expect(wire.amChoking).toBe(true);
});

test("requests that are held too long are rejected by a choke, which waits for what was let through", () => {
  ask(0);
  decision = "hold";
  ask(1);
  for (const run of timers) run();
  expect(wire.amChoking).toBe(false);
  answer();
  expect(sent).toEqual([0]);
  expect(rejected).toEqual([1]);
  expect(wire.amChoking).toBe(true);
  decision = "serve";
  gate.resume();
  expect(wire.amChoking).toBe(false);
});

test("a block that is cancelled before it left counts as unsent, one that had left as missed", () => {
  ask(0);
  ask(1);
  wire._onCancel(0, BLOCK, BLOCK);
  expect([unsent, missed]).toEqual([[1], []]);
  answer();
  wire._onCancel(0, 0, BLOCK);
  expect(sent).toEqual([0]);
  expect([unsent, missed]).toEqual([[1], [0]]);
});

test("a held request that is cancelled was never let through", () => {
  decision = "hold";
  ask(0);
  wire._onCancel(0, 0, BLOCK);
  decision = "serve";
  gate.resume();
  expect([unsent, missed, disk]).toEqual([[], [], []]);
});

test("a refused request is rejected together with all that were held", () => {
  decision = "hold";
  for (const block of [0, 1, 2]) ask(block);
  decision = "refuse";
  gate.resume();
  expect(rejected).toEqual([0, 1, 2]);
  expect(wire.amChoking).toBe(true);
});

test("a block that cannot be read was not sent: it is rejected, and its piece reported", () => {
  ask(0);
  ask(1);
  disk[1]?.(new Error("the disk fails"));
  expect(unsent).toEqual([1]);
  expect(unreadable).toEqual([0]);
  expect(rejected).toEqual([1]);
  disk[0]?.();
  expect(sent).toEqual([0]);
  expect(unsent).toEqual([1]);
});

test("a gate that shuts does not wait for a block that cannot be read", () => {
  ask(0);
  gate.shut();
  disk[0]?.(new Error("the disk fails"));
  expect(wire.amChoking).toBe(true);
  expect(unsent).toEqual([0]);
});

test("a block that was cancelled before its read failed is unsent once", () => {
  ask(0);
  wire._onCancel(0, 0, BLOCK);
  disk[0]?.(new Error("the disk fails"));
  expect(unsent).toEqual([0]);
});
