import { breakCase } from "../case.ts";
import { judgeDeadAuthority } from "../judge-authority.ts";
import { buyWhole, claimAll } from "./acts.ts";

export const killAuthority = breakCase({
  id: "kill-authority",
  title: "Kill the authority",
  deed: "kill -9 for the authority before it has settled what was promised. The seller goes to the contract alone.",
  async act({ arena, say }) {
    const { network, devnet } = arena.world;
    const [seller, buyer] = await arena.people("seller", "buyer");
    if (!seller || !buyer) throw new Error("two people were asked for");
    const goods = await arena.publish("last.bin", seller);
    await buyWhole(arena, seller, buyer, goods);
    say("The file is bought, and paid by vouchers. Now the authority dies.");
    await network.authority.kill();
    const before = await devnet.balanceOf(buyer.account);
    say("The seller claims its money from the contract.");
    const claim = await claimAll(arena, seller.home);
    const payerPaid = before - (await devnet.balanceOf(buyer.account));
    say("The authority starts again on its home.");
    await network.restartAuthority();
    return { ...claim, payerPaid };
  },
  judge: judgeDeadAuthority,
});
