import { type Market, rowOf, sendPayers } from "../../../scripts/cheats/market.ts";
import type { Row } from "../../../scripts/cheats/row.ts";

/**
 * Promises the payee money on the lane of another customer, which it can name but not sign for, and
 * offers that lane as its own.
 */
export async function paysOnAnothersLane(market: Market): Promise<Row> {
  const { arena } = market;
  const [victim, thief] = await arena.people("victim", "thief");
  if (!victim || !thief) throw new Error("two people were asked for");
  const [honest] = await sendPayers(market, [victim], (deal) => deal.payUpTo(deal.due));
  const robbed = honest?.deals[0];
  if (!honest || !robbed) throw new Error("the market has no seller");
  await robbed.begun;
  const lane = robbed.lanes[0];
  if (!lane) throw new Error("a lane was accepted that was not granted");

  const tried = Promise.withResolvers<void>();
  const [cheat] = await sendPayers(market, [thief], (deal) => {
    deal.send({ type: "offer", allotment: lane, wireToken: new Uint8Array(16) });
    deal.sendVoucher(lane.lane, lane.cap, victim.account);
    tried.resolve();
  });
  if (!cheat) throw new Error("no cheat came");
  await tried.promise;
  await market.sellers[0]?.lives(4);
  const stored = robbed.stored;
  const row = await rowOf("pays on another's lane", market, [cheat], {
    problems: stored > robbed.due ? [`the victim was charged ${stored} for ${robbed.due}`] : [],
    note: `${cheat.deals.reduce((sum, deal) => sum + deal.aborts, 0)} streams broken off`,
  });
  await Promise.all([honest.stop(), cheat.stop()]);
  return row;
}
