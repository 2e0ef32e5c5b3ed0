import { randomBytes } from "node:crypto";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { owed } from "../../../protocol/base/units.ts";
import { keysOf, type Person, PRICE } from "../../../scripts/cheats/arena.ts";
import type { Deal } from "../../../scripts/cheats/deal.ts";
import { startGreedyPayer } from "../../../scripts/cheats/greedy-payer.ts";
import type { Market } from "../../../scripts/cheats/market.ts";
import type { Row } from "../../../scripts/cheats/row.ts";

/** As many as fit into what one side may send ahead. */
const PER_STREAM = 500;
/** Seconds of the payee's life in which it has read them. */
const LIFETIME = 10;

/**
 * Vouchers that nobody signed, on a lane that was accepted, while somebody honest downloads from
 * the same payees.
 */
export async function badSignatures(market: Market): Promise<Row> {
  const { arena, goods } = market;
  const [flooder, buyer] = await arena.people("flooder", "flooded-buyer");
  if (!flooder || !buyer) throw new Error("two people were asked for");
  const cheat = await startGreedyPayer({
    person: flooder,
    goods,
    sellers: keysOf(market.sellers),
    pay: () => undefined,
    appetite: 0,
  });
  const deal = cheat.deals[0];
  const [seller] = market.sellers;
  if (!deal || !seller) throw new Error("the market has no seller");
  await deal.begun;

  const download = arena.get(buyer, goods);
  const done = download.said(({ event }) => event === "done");
  let sent = 0;
  while (sent < arena.size.badVouchers) {
    await cheat.redial(deal);
    const { ended } = deal;
    sent += flood(deal, flooder);
    // A payee that takes them all does not end the stream.
    await Promise.race([ended, seller.lives(LIFETIME)]);
  }
  const { paid } = await done;
  await download.stop();

  const { stored, aborts } = deal;
  await cheat.stop();
  const price = owed(goods.sizeBytes, PRICE);
  const money = BigInt(String(paid)) > price ? BigInt(String(paid)) - price : 0n;
  return {
    scenario: "floods bad signatures",
    cheats: 1,
    gained: { bytes: cheat.unpaidBytes, money: stored },
    lost: { bytes: 0, money },
    bound: { bytes: 0, money: 0n, why: "nothing: each stream ends at its first bad signature" },
    problems: [],
    note: `${sent} vouchers on ${aborts} streams while somebody bought the whole content`,
  };
}

/**
 * Well-formed signatures of the right length, so that each costs the payee a recovery unless it
 * stops looking.
 */
function flood(deal: Deal, { identity }: Person): number {
  const lane = deal.lanes.at(-1);
  if (!lane) return 0;
  const signature = sign(randomBytes(32), identity.privateKey);
  for (let i = 0; i < PER_STREAM; i++)
    deal.send({ type: "voucher", lane: lane.lane, amount: lane.cap - BigInt(i), signature });
  return PER_STREAM;
}
