import { setTimeout } from "node:timers/promises";
import { readStoredVouchers } from "../../../client/store/peer-store.ts";
import { type Amount, owed } from "../../../protocol/base/units.ts";
import { type Person, PRICE } from "../../cheats/arena.ts";
import { breakCase } from "../case.ts";
import { judgeKilledSeller } from "../judge-sellers.ts";

/** Of each seller: the download takes some seconds, in which one of them dies. */
const UPLOAD_KIB = 512;
/** Looks until what was signed is acknowledged: more than a peer needs to come again. */
const LOOKS = 120;
const LOOK_MS = 500;

export const killSeller = breakCase({
  id: "kill-seller",
  title: "Kill a seller in mid-download",
  deed: "kill -9 for one of two sellers while it is being paid. Later it comes back to its home.",
  async act({ arena, say }) {
    const [first, second, buyer] = await arena.people("killed", "other", "buyer");
    if (!first || !second || !buyer) throw new Error("three people were asked for");
    const goods = await arena.publish("killed.bin", first);
    const [killed, other] = [
      await arena.seed(first, goods, undefined, UPLOAD_KIB),
      await arena.seed(second, goods, undefined, UPLOAD_KIB),
    ];
    const buying = arena.get(buyer, goods, { isSeeding: true });
    await killed.said(({ earned }) => earned !== undefined && BigInt(String(earned)) > 0n);
    say("It has been paid for its first pieces. Now it dies.");
    await killed.kill();
    const { paid } = await buying.said(({ event }) => event === "done");
    say("The buyer has the rest from the other. The killed seller starts again.");
    const again = await arena.seed(first, goods, undefined, UPLOAD_KIB);
    const signed = BigInt(String(paid));
    const held = await untilHeld([first, second], signed);
    await Promise.all([buying.stop(), again.stop(), other.stop()]);
    return {
      signed,
      held,
      price: owed(goods.sizeBytes, PRICE),
      isComplete: buying.progress.bytesDone === goods.sizeBytes,
    };
  },
  judge: judgeKilledSeller,
});

/** What the sellers' stores have, once the buyer had time to send again what was lost. */
async function untilHeld(sellers: readonly Person[], signed: Amount): Promise<Amount> {
  let held = 0n;
  for (let look = 0; look < LOOKS && held < signed; look++) {
    await setTimeout(LOOK_MS);
    const lanes = sellers.flatMap(({ home }) => readStoredVouchers(home));
    held = lanes.reduce((sum, { amount }) => sum + amount, 0n);
  }
  return held;
}
