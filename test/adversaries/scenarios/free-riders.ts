import { owed } from "../../../protocol/base/units.ts";
import { PRICE } from "../../../scripts/cheats/arena.ts";
import { type Market, rowOf, sendPayers, untilDefaulted } from "../../../scripts/cheats/market.ts";
import type { Row } from "../../../scripts/cheats/row.ts";

/**
 * Never pay, and come again with new connections when they are thrown out. Meanwhile somebody
 * honest buys the whole content.
 */
export async function freeRiders(market: Market): Promise<Row> {
  const { arena, goods, sellers } = market;
  const names = Array.from({ length: arena.size.freeRiders }, (_, i) => `rider-${i + 1}`);
  const [buyer] = await arena.people("riders-neighbour");
  if (!buyer) throw new Error("one person was asked for");
  const riders = await sendPayers(market, await arena.people(...names), () => undefined);
  const startedAt = performance.now();
  const download = arena.get(buyer, goods);
  const done = download
    .said(({ event }) => event === "done")
    .then(({ paid }) => ({
      paid: BigInt(String(paid)),
      seconds: Math.round((performance.now() - startedAt) / 1000),
    }));
  await untilDefaulted(market, riders);
  await Promise.all(riders.map((rider) => rider.rest()));
  const before = riders.reduce((sum, rider) => sum + rider.unpaidBytes, 0);
  await Promise.all(riders.map((rider) => rider.rejoin()));
  await Promise.all(sellers.map((seller) => seller.lives(3)));
  const { paid, seconds } = await done;
  await download.stop();
  const row = await rowOf("never pays, and comes back", market, riders);
  await Promise.all(riders.map((rider) => rider.stop()));
  const more = row.gained.bytes - before;
  const price = owed(goods.sizeBytes, PRICE);
  // A piece that was begun is debt already, so the rest of it is served: the bound holds for both.
  const note = `${more} bytes of it after the default; an honest download took ${seconds} s`;
  return { ...row, lost: { ...row.lost, money: paid > price ? paid - price : 0n }, note };
}
