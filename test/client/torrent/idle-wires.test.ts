import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import Wire from "bittorrent-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useWireExtension } from "../../../client/torrent/wire/wire-extension.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { Swarm } from "./swarm.ts";

/** A host that only stays connected, with as many wires as a seller keeps, and more. */

const IDLERS = 55;

let swarm: Swarm;
let sockets: Socket[];
beforeEach(async () => {
  swarm = await new Swarm().start();
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await swarm.stop();
});

/** Speaks the extension with a session key of its own, and never offers a lane. */
async function idle(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const wire = new Wire("tcpOutgoing") as InstanceType<typeof Wire> & NodeJS.ReadWriteStream & Handshaker;
  wire.on("error", () => undefined);
  const sessionKey = bytesToHex(randomBytes(20));
  useWireExtension(wire, { token: randomBytes(16), port: 4_000, sessionKey, maxRequestBytes: 16_384 }, () => undefined);
  socket.pipe(wire).pipe(socket);
  wire.handshake(swarm.infoHash, randomBytes(20).toString("hex"));
}

interface Handshaker {
  handshake(infoHash: string, peerId: string): void;
}

test("idle wires do not keep a customer out", async () => {
  const seller = await swarm.seed(1);
  const customer = `0x${"02".repeat(20)}`;
  seller.payment.accepted = (remoteKey) => remoteKey === customer;
  for (let count = 0; count < IDLERS; count++) await idle(seller.engine.torrentPort);
  await expect.poll(() => seller.payment.wires.size).toBeGreaterThanOrEqual(10);
  const buyer = await swarm.download(2);
  await buyer.content.complete;
  expect(swarm.isCopy(buyer.path)).toBe(true);
  // Half of its 20 places are the most that one host has on loan.
  expect(seller.payment.wires.size).toBeLessThanOrEqual(11);
});
