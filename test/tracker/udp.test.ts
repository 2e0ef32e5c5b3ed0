import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import Client from "bittorrent-tracker";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TrackerAnnounce, TrackerAnswer } from "../../protocol/http/operator.ts";
import { startTracker, type Tracker } from "../../tracker/main.ts";
import { ConnectionIds } from "../../tracker/udp/connection-id.ts";
import { announceTo } from "./announce-client.ts";
import { type FakeAuthority, SECRET, startFakeAuthority } from "./fake-authority.ts";

const FREE = "f".repeat(40);
const PAID = "a".repeat(40);

const answer = ({ infoHash }: TrackerAnnounce): TrackerAnswer =>
  infoHash === FREE || infoHash === PAID
    ? { isKnown: true, isPaid: infoHash === PAID, sizeBytes: 100, grant: null }
    : { isKnown: false };

let authority: FakeAuthority;
let tracker: Tracker;
let socket: Socket;
beforeEach(async () => {
  authority = await startFakeAuthority(answer);
  tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET });
  socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
});
afterEach(async () => {
  socket.close();
  await tracker.stop();
  await authority.stop();
});

async function ask(packet: Buffer): Promise<Buffer> {
  const replied = once(socket, "message");
  socket.send(packet, Number(new URL(tracker.udpUrl).port), "127.0.0.1");
  const [reply] = (await replied) as [Buffer];
  return reply;
}

const PROTOCOL_ID = Buffer.from("0000041727101980", "hex");

function packetOf(connection: Buffer, action: number, transaction: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(action, 0);
  head.writeUInt32BE(transaction, 4);
  return Buffer.concat([connection, head, rest]);
}

async function connect(): Promise<Buffer> {
  const reply = await ask(packetOf(PROTOCOL_ID, 0, 7));
  expect(reply.subarray(0, 8).toString("hex")).toBe("0000000000000007");
  return reply.subarray(8);
}

function announceOf(infoHash: string, { port = 1001, left = 100n, event = 0, wanted = -1 } = {}): Buffer {
  const rest = Buffer.alloc(82);
  rest.write(infoHash, 0, "hex");
  rest.fill("p", 20, 40);
  rest.writeBigUInt64BE(left, 48);
  rest.writeUInt32BE(event, 64);
  rest.writeUInt32BE(0x0a090807, 68);
  rest.writeInt32BE(wanted, 76);
  rest.writeUInt16BE(port, 80);
  return rest;
}

describe("UDP announces (BEP 15)", () => {
  test("bring peers of free content that came by UDP or HTTP, at the addresses of their sockets", async () => {
    await announceTo(tracker.url, FREE, 1002, { left: "0" });
    const reply = await ask(packetOf(await connect(), 1, 9, announceOf(FREE)));
    // Action, transaction, interval, leechers, seeders, then 127.0.0.1:1002.
    expect(reply.toString("hex")).toBe(`0000000100000009${"0000003c"}${"00000001"}${"00000001"}7f00000103ea`);
    expect((await announceTo(tracker.url, FREE, 1002)).peers).toEqual(["127.0.0.1:1001"]);
  });

  test("of a client with only a magnet link bring seeders, and stopped ends the place", async () => {
    await announceTo(tracker.url, FREE, 1002, { left: "0" });
    const id = await connect();
    const huge = await ask(packetOf(id, 1, 9, announceOf(FREE, { left: 2n ** 63n - 1n, event: 2 })));
    expect(huge.subarray(20).toString("hex")).toBe("7f00000103ea");
    await ask(packetOf(id, 1, 9, announceOf(FREE, { event: 3 })));
    expect((await announceTo(tracker.url, FREE, 1002)).peers).toEqual([]);
  });

  test("of paid content are refused with a reason, and so is port 0", async () => {
    const id = await connect();
    const paid = await ask(packetOf(id, 1, 9, announceOf(PAID)));
    expect(paid.toString("latin1", 8)).toMatch(/^paid torrent: announce with a Floodgate announce token/);
    expect(paid.readUInt32BE(0)).toBe(3);
    const zero = await ask(packetOf(id, 1, 9, announceOf(FREE, { port: 0 })));
    expect(zero.toString("latin1", 8)).toBe('malformed "port" in the announce');
  });

  test("get no answer without a connection id of ours, or malformed; the next good packet does", async () => {
    const good = await connect();
    const bad = [
      packetOf(PROTOCOL_ID, 1, 1, announceOf(FREE)),
      packetOf(Buffer.alloc(8), 1, 2, announceOf(FREE)),
      packetOf(good, 1, 3, announceOf(FREE).subarray(0, 81)),
      packetOf(good, 0, 4),
      packetOf(good, 2, 5, Buffer.alloc(19)),
      packetOf(good, 9, 6),
      Buffer.alloc(3),
      packetOf(good, 1, 8, Buffer.concat([announceOf(FREE), Buffer.alloc(3_000)])),
    ];
    for (const packet of bad) socket.send(packet, Number(new URL(tracker.udpUrl).port), "127.0.0.1");
    const reply = await ask(packetOf(good, 1, 99, announceOf(FREE)));
    expect(reply.readUInt32BE(4)).toBe(99);
  });

  test("scrape counts, with zeros for what nobody is in", async () => {
    await announceTo(tracker.url, FREE, 1002, { left: "0", event: "completed" });
    const hashes = Buffer.from(FREE + "c".repeat(40), "hex");
    const reply = await ask(packetOf(await connect(), 2, 5, hashes));
    expect(reply.toString("hex")).toBe(`0000000200000005${"00000001".repeat(2)}${"00000000".repeat(4)}`);
  });

  test("are made by bittorrent-tracker's client", async () => {
    await announceTo(tracker.url, FREE, 1002, { left: "0" });
    const client = new Client({ infoHash: FREE, peerId: "70".repeat(20), port: 1001, announce: [tracker.udpUrl] });
    const peer = once(client, "peer");
    client.start({ left: 100 });
    expect(await peer).toEqual(["127.0.0.1:1002"]);
    await new Promise<void>((resolve) => client.destroy(resolve));
  });
});

test("a connection id is good for its address only, for two epochs", () => {
  const ids = new ConnectionIds(Buffer.alloc(32, 1));
  const [mine, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  const id = ids.issue(mine, 1_000_000);
  const isGoodAfter = (ms: number): boolean => ids.isGood(id, mine, 1_000_000 + ms);
  expect([isGoodAfter(0), isGoodAfter(120_000), isGoodAfter(240_000)]).toEqual([true, true, false]);
  expect(ids.isGood(id, other, 1_000_000)).toBe(false);
  expect(new ConnectionIds(Buffer.alloc(32, 2)).isGood(id, mine, 1_000_000)).toBe(false);
});
