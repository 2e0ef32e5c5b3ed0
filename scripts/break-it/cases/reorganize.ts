import { setTimeout } from "node:timers/promises";
import { createTestClient, http, publicActions } from "viem";
import { settleAll } from "../../cheats/market.ts";
import { breakCase } from "../case.ts";
import { judgeReorganization } from "../judge-authority.ts";
import { auditAll, buyWhole } from "./acts.ts";

/** What went away is settled again within some blocks, or it is not. */
const LOOKS = 400;
const LOOK_MS = 250;

export const reorganizeChain = breakCase({
  id: "reorganize",
  isAudited: true,
  title: "Take the chain's newest blocks away",
  deed: "The chain goes back to before a batch that is settled already, as in a deep reorganization, and goes on without it.",
  async act({ arena, say }) {
    const { network, devnet } = arena.world;
    const [seller, buyer] = await arena.people("seller", "buyer");
    if (!seller || !buyer) throw new Error("two people were asked for");
    const balances = async () => ({
      seller: await devnet.balanceOf(seller.account),
      buyer: await devnet.balanceOf(buyer.account),
    });
    const goods = await arena.publish("undone.bin", seller);
    await buyWhole(arena, seller, buyer, goods);
    const chain = createTestClient({ mode: "hardhat", transport: http(network.rpcUrl) }).extend(publicActions);
    const start = await balances();
    const before = await chain.snapshot();
    say("The file is bought, and the authority settles.");
    await settleAll(arena);
    const settled = await balances();
    const height = await chain.getBlockNumber({ cacheTime: 0 });
    await chain.revert({ id: before });
    const depth = Number(height - (await chain.getBlockNumber({ cacheTime: 0 })));
    const undone = await balances();
    say(`The newest ${depth} blocks are gone, and the payment with them. The authority is told nothing.`);
    let again = undone;
    for (let look = 0; look < LOOKS && again.seller < settled.seller; look++) {
      await setTimeout(LOOK_MS);
      again = await balances();
    }
    // What would be paid twice would be in these blocks.
    await settleAll(arena);
    again = await balances();
    say("An auditor reads the chain that is left.");
    const { isOk, finding } = await auditAll(arena);
    const isUndone = undone.seller === start.seller && settled.seller > start.seller;
    return { depth, settled, again, isUndone, audit: isOk ? null : (finding ?? "the audit failed") };
  },
  judge: judgeReorganization,
});
