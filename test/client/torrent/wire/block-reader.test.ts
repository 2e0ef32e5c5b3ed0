import Protocol from "bittorrent-protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Wire } from "webtorrent";
import { installBlockReader } from "../../../../client/torrent/wire/block-reader.ts";

/** A wire after its handshake, and what it passes on, in order. */
class Reader {
  readonly heard: string[] = [];
  readonly memory = new Uint8Array(4 * BLOCK);
  inPlace = 0;
  readonly #wire: Wire;

  constructor(asked: readonly number[]) {
    const wire = new (Protocol as unknown as new () => Wire & { _parse(size: number, parser: unknown): void })();
    wire._parse(4, wire._onMessageLength);
    wire.on("piece", (_piece: number, offset: number, bytes: Uint8Array) => {
      if (bytes.buffer === this.memory.buffer) this.inPlace++;
      this.heard.push(`block ${offset / BLOCK}: ${bytes.join()}`);
    });
    wire.on("have", (piece: number) => this.heard.push(`have ${piece}`));
    wire.on("choke", () => this.heard.push("choke"));
    for (const block of asked) {
      const request = { piece: 7, offset: block * BLOCK, length: BLOCK, callback: () => undefined };
      (wire.requests as unknown[]).push(request);
    }
    installBlockReader(wire, (_piece, offset, length) => this.memory.subarray(offset, offset + length));
    this.#wire = wire;
  }

  hear(bytes: Uint8Array): void {
    this.#wire._write(bytes, () => undefined);
  }
}

const BLOCK = 40;

const uint32 = (value: number): number[] => [...new Uint8Array(new Uint32Array([value]).buffer)].reverse();
const bytesOf = (block: number): number[] => Array.from({ length: BLOCK }, (_, i) => (block * BLOCK + i) % 256);
const pieceMessage = (block: number): number[] => [
  ...uint32(9 + BLOCK),
  7,
  ...uint32(7),
  ...uint32(block * BLOCK),
  ...bytesOf(block),
];
const haveMessage = (piece: number): number[] => [...uint32(5), 4, ...uint32(piece)];
const chokeMessage = [...uint32(1), 0];
const keepAlive = uint32(0);

const message = fc.oneof(
  fc
    .integer({ min: 0, max: 3 })
    .map((block) => ({ bytes: pieceMessage(block), says: [`block ${block}: ${bytesOf(block).join()}`] })),
  fc.integer({ min: 0, max: 1_000 }).map((piece) => ({ bytes: haveMessage(piece), says: [`have ${piece}`] })),
  fc.constant({ bytes: keepAlive, says: [] as string[] }),
);

test("every message arrives once and in order, however the stream is cut, also blocks that nobody asked for", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 12 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 3 })),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }),
      (messages, asked, cuts) => {
        const reader = new Reader(asked);
        const stream = Uint8Array.from(messages.flatMap(({ bytes }) => bytes));
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % cuts.length] as number;
          reader.hear(stream.subarray(at, at + size));
          at += size;
        }
        const says = messages.flatMap((one) => one.says);
        // The library reports each piece once.
        expect(reader.heard).toEqual(says.filter((word, i) => !word.startsWith("have") || says.indexOf(word) === i));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a block that was asked for is read into its place, but a second copy of it is not", () => {
  const reader = new Reader([2]);
  reader.hear(Uint8Array.from([...pieceMessage(2), ...pieceMessage(2), ...chokeMessage]));
  expect(reader.inPlace).toBe(1);
  expect([...reader.memory.subarray(2 * BLOCK, 3 * BLOCK)]).toEqual(bytesOf(2));
  expect(reader.heard.at(-1)).toBe("choke");
});
