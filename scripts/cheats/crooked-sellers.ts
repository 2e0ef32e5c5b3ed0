import { type Amount, owed } from "../../protocol/base/units.ts";
import { type Arena, PIECE, PRICE, strangersCredit } from "./arena.ts";
import type { Row } from "./row.ts";
import { warns } from "./talking.ts";

/**
 * A source is banned after two bad pieces. What it has been asked for by then is on its way: at
 * most its share of the credit.
 */
const BAD_PIECES = 2;
const SELLERS = 2;

/** What the cheat was paid for its good pieces, base units. */
export interface SellerRow extends Row {
  readonly earned: Amount;
}

/** Sends pieces of which some are bad. */
export function badPieces(arena: Arena, percent: number): Promise<SellerRow> {
  return buyFrom(arena, `sends ${percent} % bad pieces`, `bad-${percent}`, `bad:${percent}`);
}

/** Takes the vouchers for its first pieces, then sends nothing more and keeps the connection. */
export function takesAndStops(arena: Arena): Promise<SellerRow> {
  return buyFrom(arena, "takes vouchers and stops", "stopper", "stop:8");
}

/** One honest download from an honest seller and a crooked one. */
async function buyFrom(arena: Arena, scenario: string, name: string, vice: string): Promise<SellerRow> {
  const [honest, crook, buyer] = await arena.people(`${name}-honest`, name, `${name}-buyer`);
  if (!honest || !crook || !buyer) throw new Error("three people were asked for");
  const goods = await arena.publish(`${name}.bin`, honest);
  const crooked = await arena.seed(crook, goods, vice);
  const seller = await arena.seed(honest, goods);
  const download = arena.get(buyer, goods);
  const done = await download.said(({ event }) => event === "done");
  await download.stop();
  await Promise.all([seller.stop(), crooked.stop()]);

  const price = owed(goods.sizeBytes, PRICE);
  const paid = BigInt(String(done.paid));
  const earned = BigInt(String(crooked.progress.earned));
  const fromHonest = BigInt(String(seller.progress.earned));
  const failed = download.lines.filter(warns("had a wrong hash")).length;
  // Two sellers, two running totals, each rounded down.
  const forNothing = paid > price ? paid - price : 0n;
  const problems =
    paid === earned + fromHonest ? [] : [`the buyer signed ${paid}, the sellers hold ${earned} + ${fromHonest}`];
  return {
    scenario,
    cheats: 1,
    gained: { bytes: 0, money: forNothing },
    lost: { bytes: failed * PIECE, money: forNothing },
    bound: {
      bytes: BAD_PIECES * PIECE + strangersCredit(goods) / SELLERS,
      money: 0n,
      why: "two bad pieces and those under way, none of them paid",
    },
    problems,
    note: `it earned ${earned} of ${price}`,
    earned,
  };
}
