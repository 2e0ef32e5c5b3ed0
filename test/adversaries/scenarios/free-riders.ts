import type { Row } from "../support/row.ts";
import { type Market, rowOf, sendPayers, untilBanned } from "./market.ts";

/** Never pay, and come again with new connections when they are thrown out. */
export async function freeRiders(market: Market): Promise<Row> {
  const { arena, sellers } = market;
  const names = Array.from({ length: arena.size.freeRiders }, (_, i) => `rider-${i + 1}`);
  const riders = await sendPayers(market, await arena.people(...names), () => undefined);
  await untilBanned(market, riders);
  const before = riders.reduce((sum, rider) => sum + rider.unpaidBytes, 0);
  await Promise.all(riders.map((rider) => rider.rejoin()));
  await Promise.all(sellers.map((seller) => seller.lives(3)));
  const row = rowOf("never pays, and comes back", market, riders);
  await Promise.all(riders.map((rider) => rider.stop()));
  const more = row.gained.bytes - before;
  return more === 0 ? row : { ...row, problems: [...row.problems, `they got ${more} bytes more after the ban`] };
}
