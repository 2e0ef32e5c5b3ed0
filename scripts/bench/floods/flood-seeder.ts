import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { argv } from "node:process";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import bencode from "bencode";
import { createLibp2p } from "libp2p";
import { VOUCHER_PROTOCOL, WIRE_EXTENSION } from "../../../protocol/base/constants.ts";

/**
 * An attacker of a seeder, as a process. Arguments: kind (wires, connections, streams), the
 * seeder's port, how many, and the infohash (wires) or the streams of each connection. It says when
 * all is tried, and goes on until it is killed: what the seeder closes comes back.
 */
const [, , kind = "", port = "", count = "0", extra = ""] = argv;
const AGAIN_MS = 1_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Speaks BEP 3, 10 and Floodgate's entry with a key of its own, and buys nothing. */
async function holdWire(): Promise<void> {
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined).resume();
  const closed = once(socket, "close");
  const reserved = Buffer.from("0000000000100000", "hex");
  const protocol = Buffer.from("\x13BitTorrent protocol", "latin1");
  socket.write(Buffer.concat([protocol, reserved, Buffer.from(extra, "hex"), randomBytes(20)]));
  const entry = { v: 1, token: randomBytes(16), port: 4_000, key: randomBytes(20), maxRequest: 16_384 };
  const body = Buffer.concat([Buffer.from([20, 0]), bencode.encode({ m: {}, [WIRE_EXTENSION]: entry })]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  socket.write(Buffer.concat([length, body]));
  await closed;
}

async function createConnections(): Promise<() => Promise<void>> {
  const node = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxOutboundStreams: 1_000 })],
    connectionManager: { maxConnections: 2_000, maxParallelDials: 50, maxDialQueueLength: 5_000 },
  });
  const address = multiaddr(`/ip4/127.0.0.1/tcp/${port}`);
  return async () => {
    const connection = await node.dial(address, { force: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    connection.addEventListener("close", () => resolve());
    const streams = Array.from({ length: Number(extra) || 0 }, () =>
      connection
        .newStream(VOUCHER_PROTOCOL, { maxOutboundStreams: 1_000 })
        .then((stream) => stream.send(randomBytes(60)))
        .catch(() => undefined),
    );
    await Promise.all(streams);
    await promise;
  };
}

const hold = kind === "wires" ? holdWire : await createConnections();
const held = Array.from({ length: Number(count) }, async () => {
  for (;;) {
    await hold().catch(() => undefined);
    await wait(AGAIN_MS);
  }
});
await wait(3 * AGAIN_MS);
process.send?.("tried");
process.once("disconnect", () => process.exit(0));
await Promise.all(held);
