import { judgeLeaving as rowsOfLeaving, startWithdrawing } from "../../cheats/leaving-payers.ts";
import type { Market } from "../../cheats/market.ts";
import { breakCase } from "../case.ts";
import { judgeLeaving } from "../judge-payers.ts";

export const withdrawAndRun = breakCase({
  id: "withdraw-and-run",
  title: "Take the deposit out in mid-download",
  deed: "A payer asks the contract for its whole deposit while it goes on paying with vouchers on it.",
  cheats: ["withdrawer"],
  async act({ arena, say }) {
    const [seller] = await arena.people("seller");
    if (!seller) throw new Error("one person was asked for");
    const goods = await arena.publish("race.bin", seller);
    const selling = await arena.seed(seller, goods);
    const market: Market = { arena, goods, sellers: [selling] };
    say("The withdrawal is on the chain before the first voucher.");
    const leaving = await startWithdrawing(market);
    say("The authority settles what the seller holds.");
    const [row] = await rowsOfLeaving(market, [leaving]);
    await selling.stop();
    if (!row) throw new Error("one payer left");
    const { promised, paid } = row;
    return { promised, paid, unpaidBytes: row.gained.bytes, creditBytes: row.bound.bytes };
  },
  judge: judgeLeaving,
});
