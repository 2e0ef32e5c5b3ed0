import type { Deal, Pay } from "../../../scripts/cheats/deal.ts";
import { type Market, rowOf, sendPayers, untilDefaulted } from "../../../scripts/cheats/market.ts";
import type { Row } from "../../../scripts/cheats/row.ts";

/** Later than a payee waits on the devnet: 5 s. */
const LATE_MS = 6_000;

const payLate: Pay = (deal) => void setTimeout(() => deal.payUpTo(deal.due), LATE_MS);
const payHalf: Pay = (deal) => deal.payUpTo(deal.due / 2n);

/** Pays its first pieces, and sends those vouchers again for all later ones. */
const payInThePast: Pay = (deal) => {
  const first = deal.lanes[0];
  if (!first) return;
  if (deal.stored === 0n) deal.payUpTo(deal.due);
  else for (const amount of [deal.stored, deal.stored - 1n]) deal.sendVoucher(first.lane, amount);
};

export const paysLate = (market: Market): Promise<Row> => sendOne(market, "pays late", "late", payLate);
export const paysLess = (market: Market): Promise<Row> => sendOne(market, "pays half", "half", payHalf);
export const paysInThePast = (market: Market): Promise<Row> =>
  sendOne(market, "pays with old vouchers", "past", payInThePast);

async function sendOne(market: Market, scenario: string, name: string, pay: (deal: Deal) => void): Promise<Row> {
  const payers = await sendPayers(market, await market.arena.people(name), pay);
  await untilDefaulted(market, payers);
  const row = await rowOf(scenario, market, payers);
  await Promise.all(payers.map((payer) => payer.stop()));
  return row;
}

/**
 * One customer, one session, many BitTorrent clients, all at the same payees: BitThief's large
 * view.
 */
export async function largeView(market: Market): Promise<Row> {
  const { connections } = market.arena.size;
  const payers = await sendPayers(market, await market.arena.people("viewer"), () => undefined, connections);
  await untilDefaulted(market, payers);
  const row = await rowOf("large view", market, payers, { note: `${connections} connections to each payee` });
  await Promise.all(payers.map((payer) => payer.stop()));
  return row;
}
