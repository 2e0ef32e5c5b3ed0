import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Rate } from "./load.ts";
import type { Target } from "./processes.ts";
import { infoHashOf } from "./swarms.ts";

const PROTOCOL_ID = Buffer.from("0000041727101980", "hex");
/** A datagram that was lost is given up after so long. */
const LOST_MS = 200;

/** A closed loop of UDP announces (BEP 15), `window` of them under way, by as many ports. */
export async function measureUdp(target: Target, options: { seconds: number; window: number }): Promise<Rate> {
  const sockets = await Promise.all(Array.from({ length: 4 }, () => openTo(target.udpPort)));
  const connection = await connect(sockets[0] as Socket);
  let answered = 0;
  let isOver = false;
  let peer = 0;
  const next = (socket: Socket): void => {
    if (!isOver) socket.send(announceOf(connection, peer++));
  };
  for (const socket of sockets) {
    socket.on("message", () => {
      answered++;
      next(socket);
    });
  }
  const before = target.cpuSeconds();
  const startedAt = performance.now();
  for (let i = 0; i < options.window; i++) next(sockets[i % sockets.length] as Socket);
  let seen = 0;
  const watch = setInterval(() => {
    // All that was under way was lost.
    if (answered === seen) for (const socket of sockets) next(socket);
    seen = answered;
  }, LOST_MS);
  await new Promise((resolve) => setTimeout(resolve, 1_000 * options.seconds));
  isOver = true;
  clearInterval(watch);
  const seconds = (performance.now() - startedAt) / 1_000;
  const perCpuSecond = answered / (target.cpuSeconds() - before);
  for (const socket of sockets) socket.close();
  return { perSecond: answered / seconds, perCpuSecond };
}

async function openTo(port: number): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
  const connected = once(socket, "connect");
  socket.connect(port, "127.0.0.1");
  await connected;
  return socket;
}

async function connect(socket: Socket): Promise<Buffer> {
  const replied = once(socket, "message");
  socket.send(Buffer.concat([PROTOCOL_ID, Buffer.alloc(8)]));
  const [reply] = (await replied) as [Buffer];
  return reply.subarray(8, 16);
}

const INFO_HASH = Buffer.from(infoHashOf("swarm 0 of 1"), "hex");

function announceOf(connection: Buffer, peer: number): Buffer {
  const packet = Buffer.alloc(98);
  connection.copy(packet);
  packet.writeUInt32BE(1, 8);
  packet.writeUInt32BE(peer >>> 0, 12);
  INFO_HASH.copy(packet, 16);
  packet.writeUInt32BE(peer % 5_000, 52);
  packet.writeBigUInt64BE(100n, 64);
  packet.writeInt32BE(-1, 92);
  packet.writeUInt16BE(1_024 + (peer % 5_000), 96);
  return packet;
}
