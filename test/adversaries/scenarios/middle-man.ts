import { join } from "node:path";
import { createPeer } from "../../../client/peer.ts";
import { openPeerStore } from "../../../client/store/peer-store.ts";
import { BLOCK_BYTES } from "../../../protocol/base/constants.ts";
import { bytesCovered, owed } from "../../../protocol/base/units.ts";
import { type Arena, PIECE, PRICE, strangersCredit } from "../../../scripts/cheats/arena.ts";
import type { Row } from "../../../scripts/cheats/row.ts";
import { startTrackerProxy } from "../support/tracker-proxy.ts";
import { requestMessage, startWireProxy } from "../support/wire-proxy.ts";

/**
 * On the path between a buyer and a seller: it copies what the buyer pays for, since the wire is
 * cleartext, and asks in the buyer's name for the rest. The buyer pays for what it asked for and
 * nobody else, so that rest ends at the window.
 */
export async function middleMan(arena: Arena): Promise<Row> {
  const [watched, other, buyer] = await arena.people("watched-seller", "other-seller", "watched-buyer");
  if (!watched || !other || !buyer) throw new Error("three people were asked for");
  const goods = await arena.publish("watched.bin", watched);
  const seller = await arena.seed(watched, goods);
  const ready = seller.lines.find(({ event }) => event === "ready");
  await using proxy = await startWireProxy(Number(ready?.torrentPort));
  const { trackerUrl } = buyer.network.info;
  await using tracker = await startTrackerProxy(trackerUrl, Number(ready?.torrentPort), proxy.port);

  const store = openPeerStore(buyer.home);
  const failed = Promise.withResolvers<never>();
  const peer = await createPeer({
    identity: buyer.identity,
    network: { ...buyer.network, info: { ...buyer.network.info, trackerUrl: tracker.url } },
    store,
    authority: buyer.authority,
    listen: { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 },
    log: () => undefined,
    onFatal: failed.reject,
  });
  const { infoHash, metainfo, sizeBytes } = goods;
  const first = Promise.withResolvers<void>();
  const content = await peer.download({
    metainfo,
    infoHash,
    pricePerGiB: PRICE,
    directory: join(buyer.home, "downloads"),
    onEvent: (event) => {
      if (event.type === "progress" && event.bytesDone > 0) first.resolve();
    },
  });
  await Promise.race([first.promise, failed.promise]);
  for (let piece = 0; piece < arena.size.pieces; piece++) {
    for (let offset = 0; offset < PIECE; offset += BLOCK_BYTES)
      proxy.inject(requestMessage(piece, offset, BLOCK_BYTES));
  }
  // The seller may hold the buyer for the thief: somebody else sells the rest.
  const rest = await arena.seed(other, goods);
  await Promise.race([content.complete, failed.promise]);
  await peer.finish(infoHash);
  await seller.lives(2);
  const { paid } = peer.totals();
  await peer.stop(10_000);
  store.close();
  await Promise.all([seller.stop(), rest.stop()]);

  const earned = BigInt(String(seller.progress.earned));
  const unpaid = Math.max(0, Number(seller.progress.bytesUp) - bytesCovered(earned + 1n, PRICE));
  const price = owed(sizeBytes, PRICE);
  const sold = earned + BigInt(String(rest.progress.earned));
  return {
    scenario: "man in the middle",
    cheats: 1,
    gained: { bytes: unpaid, money: paid - sold },
    lost: { bytes: unpaid, money: paid > price ? paid - price : 0n },
    bound: { bytes: strangersCredit(goods), money: 0n, why: "the buyer's credit; what is paid for may be copied" },
    problems: proxy.copiedBytes < PIECE ? ["the wire did not go through the middle"] : [],
    note: `copied ${proxy.copiedBytes} bytes`,
  };
}
