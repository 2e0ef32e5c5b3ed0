import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuthorityClient } from "../../client/authority-client.ts";
import { createPeer } from "../../client/peer.ts";
import { openPeerStore, type PeerStore } from "../../client/store/peer-store.ts";
import { identityOf } from "../../client/wallet/session.ts";
import { readSession } from "../../client/wallet/session-file.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { bytesCovered } from "../../protocol/base/units.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const FILE_BYTES = 12 * 1024 * 1024;
const PRICE = 1_000_000n;

let world: SharedWorld;
beforeAll(async () => {
  world = await shareWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** A store that stops answering, so that the peer never sends what it has signed after that. */
function stopPayingAfter(store: PeerStore, vouchers: number): PeerStore {
  let left = vouchers;
  return { ...store, saveSigned: (voucher) => (left-- > 0 ? store.saveSigned(voucher) : new Promise(() => undefined)) };
}

test("a leecher that stops paying gets at most its credit window more, also after it has reconnected", async () => {
  const [seeder, thief] = await Promise.all([world.customer("seeder"), world.customer("thief")]);
  const path = world.randomFile("wanted.bin", FILE_BYTES);
  const home = ["--home", seeder.home];
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", ...home]);
  const seed = world.runner.start(["seed", String(infoHash), "--file", path, ...home]);
  await seed.event("ready");

  const anonymous = new AuthorityClient({ url: world.network.apiUrl });
  const info = await anonymous.info();
  const session = await readSession(thief.home);
  if (!session) throw new Error("the thief has no session");
  const identity = identityOf(session);
  const authority = anonymous.withSession(identity);
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  const metainfo = await authority.metainfo(String(infoHash));
  const directory = join(thief.home, "downloads");
  mkdirSync(directory);
  const store = openPeerStore(thief.home);
  const steal = async (vouchers: number) => {
    const peer = await createPeer({
      identity,
      network: { apiUrl: world.network.apiUrl, info, separator },
      store: stopPayingAfter(store, vouchers),
      authority,
      listen: { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 },
      log: () => undefined,
      onFatal: (error) => {
        throw error;
      },
    });
    const request = { metainfo, infoHash: String(infoHash), pricePerGiB: PRICE, onEvent: () => undefined };
    await peer.download({ ...request, directory });
    return peer;
  };

  // One absence is one default (docs/protocol.md 4.12): its window is one piece from then on.
  const isDefault = ({ event, message }: Line): boolean =>
    event === "warning" && String(message).includes("left a piece unpaid");
  const defaulted = seed.line(isDefault);
  const paying = await steal(10);
  await defaulted;
  const again = await steal(0);
  // Three more seconds of the seeder's life, in which it could be robbed.
  for (let i = 0; i < 3; i++) await seed.line(({ event }) => event === "progress");
  const { bytesUp, earned } = await seed.line(({ event }) => event === "progress");
  await Promise.all([paying.stop(0), again.stop(0)]);
  const credit = store.listPayerLanes(String(infoHash))[0]?.allotment.credit ?? 0;
  store.close();
  await seed.stop();

  expect(credit).toBeGreaterThan(0);
  expect(BigInt(String(earned))).toBeGreaterThan(0n);
  // One base unit is the rounding of the running total.
  expect(Number(bytesUp)).toBeLessThanOrEqual(bytesCovered(BigInt(String(earned)) + 1n, PRICE) + credit);
});
