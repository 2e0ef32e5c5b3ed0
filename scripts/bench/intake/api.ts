import type { AddressInfo } from "node:net";
import { argv } from "node:process";
import type { Context } from "../../../authority/context.ts";
import type { Charges } from "../../../authority/funding/charges.ts";
import { createServer } from "../../../authority/http/server.ts";
import { laneOfAllotment } from "../../../authority/store/tables/lane-allotment.ts";
import { insertLanes } from "../../../authority/store/tables/lanes.ts";
import { insertTorrent } from "../../../authority/store/tables/torrents.ts";
import type { Info } from "../../../protocol/http/public.ts";
import { openContext } from "../rounds/context.ts";
import { type ApiTarget, laneOf, payeeKeyOf, payeeOf, payerOf, sessionKeyOf } from "./people.ts";

/**
 * The authority's API as a process, on a store with lanes. Arguments: home, requests per minute,
 * payers, payees; each payee has a lane of each payer.
 */

const TORRENTS = 200;

async function seed({ store, clock }: Context, payers: number, payees: number): Promise<void> {
  const block = { number: 1, timestamp: clock.now() };
  const sessionKeys = Array.from({ length: payers }, (_, payer) => sessionKeyOf(payer));
  for (let payee = 0; payee < payees; payee++) {
    const rows = sessionKeys.map((sessionKey, payer) =>
      laneOfAllotment(
        {
          payer: payerOf(payer),
          lane: laneOf(payee),
          payee: payeeOf(payee),
          sessionKey,
          payeeKey: payeeKeyOf(payee),
          cap: 10n ** 12n,
          pricePerGiB: 10_000n,
          credit: 524_288,
          infoHash: "ab".repeat(20),
          expiresAt: clock.now() + 36_000,
          signature: new Uint8Array(64),
        },
        block,
      ),
    );
    await store.transaction((trx) => insertLanes(trx, rows));
  }
  await store.transaction(async (trx) => {
    for (let i = 0; i < TORRENTS; i++)
      await insertTorrent(trx, {
        infoHash: i.toString(16).padStart(40, "0"),
        title: `torrent ${i}`,
        sizeBytes: 1_000_000,
        pieceLength: 65_536,
        pieceCount: 16,
        pricePerGiB: "10000",
        publisher: payeeOf(0),
        publishedAt: clock.now(),
        metainfo: new Uint8Array(),
      });
  });
}

const [home = "", limit = "6000", payers = "0", payees = "0"] = argv.slice(2);
const context = await openContext(home, Number(limit));
await seed(context, Number(payers), Number(payees));
const own = {
  info: async () => ({ version: "1" }) as Info,
  domains: () => [],
  urls: () => [],
  charges: {} as Charges,
  nowMs: () => performance.now(),
};
const server = await createServer(context, own, (error) => {
  throw error;
});
await server.listen({ host: "127.0.0.1", port: 0 });
const { port } = server.server.address() as AddressInfo;
const target: ApiTarget = { port, pid: process.pid, separator: context.separator, now: context.clock.now() };
process.send?.(target);
process.once("disconnect", () => process.exit(0));
