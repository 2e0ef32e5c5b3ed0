import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { generateKeyPair, privateKeyFromRaw, publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { Connection, Stream, StreamMuxer } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import { afterEach, expect, test } from "vitest";
import { createVoucherNode } from "../../../client/payment/voucher-node.ts";
import { publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { allotmentOf } from "../store/allotments.ts";
import { PIECE, PIECES } from "./network.ts";
import { connect, grant } from "./pair.ts";
import { stopPeers, TestPeer } from "./test-peer.ts";

/** Remotes that connect to the voucher port and buy nothing. */

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const SELLER_KEY = new Uint8Array(32).fill(12);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  expect(await stopPeers()).toEqual([]);
});

async function startSeller(): Promise<TestPeer> {
  const seller = new TestPeer(12);
  await seller.start(ALL);
  return seller;
}

/** A libp2p node without any of our limits. */
async function startAttacker(): Promise<Libp2p> {
  const node = await createLibp2p({
    privateKey: await generateKeyPair("secp256k1"),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  });
  cleanups.push(async () => node.stop());
  return node;
}

const addressOf = (port: number) =>
  multiaddr(`/ip4/127.0.0.1/tcp/${port}/p2p/${publicKeyFromRaw(publicKeyOf(SELLER_KEY)).toString()}`);

test("299 idle connections do not keep a customer out", async () => {
  const seller = await startSeller();
  const attacker = await startAttacker();
  const open = new Set<Connection>();
  for (let count = 0; count < 299; count++) {
    const connection = await attacker.dial(addressOf(seller.payments.port), { force: true }).catch(() => null);
    if (connection) open.add(connection);
  }
  expect(open.size).toBeGreaterThan(32);
  expect([...open].filter(({ status }) => status === "open").length).toBeLessThanOrEqual(40);
  const customer = new TestPeer(11);
  await customer.start(new Set());
  const wire = connect(customer, seller);
  grant(customer, seller, 1, 100);
  await expect
    .poll(
      () => {
        // A dial that met no free place is tried again.
        customer.time.advance(500);
        return customer.payments.payer.askableBytes(wire.atPayer);
      },
      { interval: 200 },
    )
    .toBeGreaterThanOrEqual(PIECE);
});

test("a connection keeps four streams, however many it opens, also before they speak a protocol", async () => {
  const seller = await startSeller();
  const attacker = await startAttacker();
  const connection = await attacker.dial(addressOf(seller.payments.port));
  const { muxer } = connection as unknown as { readonly muxer: StreamMuxer };
  const streams = await Promise.all(Array.from({ length: 100 }, () => muxer.createStream()));
  const open = (): Stream[] => streams.filter(({ status }) => status === "open");
  await expect.poll(() => open().length).toBe(4);
});

test("junk offers are refused without a look at the store, and the third ends the stream", async () => {
  const seller = await startSeller();
  let lookups = 0;
  const { findPayeeLane } = seller.store;
  seller.store.findPayeeLane = (payer, lane) => {
    lookups++;
    return findPayeeLane.call(seller.store, payer, lane);
  };
  const refused: string[] = [];
  const closed = Promise.withResolvers<void>();
  const attacker = await createVoucherNode({
    privateKey: privateKeyFromRaw(new Uint8Array(32).fill(66)).raw,
    listen: { host: "127.0.0.1", port: 0 },
    isKnown: () => false,
    onConnected: () => undefined,
    onStream: () => ({ message: () => undefined, closed: () => undefined }),
    onDialed: () => ({
      message: (message) => void (message.type === "refuse" && refused.push(message.reason)),
      closed: () => closed.resolve(),
    }),
  });
  cleanups.push(() => attacker.stop());
  const stream = await attacker.dial(publicKeyOf(SELLER_KEY), [{ host: "127.0.0.1", port: seller.payments.port }]);
  for (let lane = 1; lane <= 1_000; lane++)
    stream.send({ type: "offer", allotment: allotmentOf(lane), wireToken: new Uint8Array(16).fill(lane) });
  await closed.promise;
  expect(refused.length).toBeLessThanOrEqual(3);
  expect(lookups).toBe(0);
});
