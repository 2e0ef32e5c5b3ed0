import { owed } from "../../../protocol/base/units.ts";
import { announce } from "../../bench/announce/load.ts";
import { queryOf } from "../../bench/announce/swarms.ts";
import { PRICE } from "../../cheats/arena.ts";
import { breakCase } from "../case.ts";
import { judgeFlood } from "../judge-payers.ts";

const ANNOUNCES = 1_000;
const CONNECTIONS = 8;
/** The flood comes from one address of its own. */
const ADDRESS = "127.0.0.66";

export const floodAnnounces = breakCase({
  id: "flood-announces",
  title: "Announce a thousand times, and never buy",
  deed: "One address announces a thousand peers that do not exist, while somebody honest buys the file.",
  async act({ arena, say }) {
    const [seller, buyer] = await arena.people("seller", "buyer");
    if (!seller || !buyer) throw new Error("two people were asked for");
    const goods = await arena.publish("flooded.bin", seller);
    const selling = await arena.seed(seller, goods);
    const { trackerUrl } = await seller.authority.info();
    say("The flood begins, and the honest buyer with it.");
    const buying = arena.get(buyer, goods);
    let refused = 0;
    const flood = async (first: number): Promise<void> => {
      for (let peer = first; peer < ANNOUNCES; peer += CONNECTIONS) {
        const reply = await announce(trackerUrl, queryOf(goods.infoHash, peer, { left: 0 }), false, ADDRESS).catch(
          () => null,
        );
        if (reply === null || reply.includes("failure reason")) refused++;
      }
    };
    const flooding = Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => flood(i)));
    const { paid } = await buying.said(({ event }) => event === "done");
    say("The honest buyer has its file.");
    await flooding;
    const isComplete = buying.progress.bytesDone === goods.sizeBytes;
    await Promise.all([buying.stop(), selling.stop()]);
    const overpaid = BigInt(String(paid)) - owed(goods.sizeBytes, PRICE);
    return { sent: ANNOUNCES, refused, isComplete, overpaid };
  },
  judge: judgeFlood,
});
