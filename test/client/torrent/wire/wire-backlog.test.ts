import { EventEmitter } from "node:events";
import Wire from "bittorrent-protocol";
import { expect, test } from "vitest";
import type { Peer } from "webtorrent";
import { watchBacklog } from "../../../../client/torrent/wire/wire-backlog.ts";

const BLOCK = 16_384;
/** Length prefix, id, piece and offset of a `piece` message (BEP 3). */
const HEADER = 13;

test("a block behind the upload limit has not left, though the wire is empty", () => {
  const wire = new Wire("tcpIncoming");
  const peer = Object.assign(new EventEmitter(), { wire, conn: null, retries: 0 }) as unknown as Peer;
  const backlog = watchBacklog(wire, peer);
  wire.piece(0, 0, new Uint8Array(BLOCK));
  expect(backlog()).toBe(HEADER + BLOCK);
  // The pipe behind the wire reads it.
  Object.assign(wire._readableState, { buffered: 0 });
  expect(backlog()).toBe(HEADER + BLOCK);
  peer.emit("upload", BLOCK);
  expect(backlog()).toBe(HEADER);
  peer.emit("upload", HEADER);
  expect(backlog()).toBe(0);
});

test("bytes that wait in the socket have not left", () => {
  const wire = new Wire("tcpIncoming");
  const conn = { writableLength: 700 };
  const peer = Object.assign(new EventEmitter(), { wire, conn, retries: 0 }) as unknown as Peer;
  expect(watchBacklog(wire, peer)()).toBe(700);
});
