import { type Market, rowOf, sendPayers, untilDefaulted } from "../../cheats/market.ts";
import { breakCase } from "../case.ts";
import { judgeUnpaid } from "../judge-payers.ts";

export const stopPaying = breakCase({
  id: "stop-paying",
  title: "Stop paying as a leecher",
  deed: "A leecher takes pieces and signs no voucher for them. It asks for as much as it can get.",
  cheats: ["leecher"],
  async act({ arena, say }) {
    const [seller, leecher] = await arena.people("seller", "leecher");
    if (!seller || !leecher) throw new Error("two people were asked for");
    const goods = await arena.publish("wanted.bin", seller);
    const selling = await arena.seed(seller, goods);
    const market: Market = { arena, goods, sellers: [selling] };
    say("The leecher asks for everything, and pays nothing.");
    const payers = await sendPayers(market, [leecher], () => undefined);
    await untilDefaulted(market, payers);
    say("The seller noticed: it serves this account no more, and complains of it.");
    const row = await rowOf("stops paying", market, payers);
    await Promise.all([...payers.map((payer) => payer.stop()), selling.stop()]);
    return { unpaidBytes: row.gained.bytes, creditBytes: row.bound.bytes, problems: row.problems };
  },
  judge: judgeUnpaid,
});
