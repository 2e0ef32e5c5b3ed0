import { setTimeout } from "node:timers/promises";
import { AuthorityClient } from "../../../client/authority-client.ts";
import { settleAll } from "../../cheats/market.ts";
import { breakCase } from "../case.ts";
import { judgeCutNode } from "../judge-authority.ts";
import { buyWhole } from "./acts.ts";
import { startGate } from "./gate.ts";

/** The authority has five seconds to do what it can without a chain. */
const LOOKS = 20;
const LOOK_MS = 250;
/** The authority's fee: 1 % of each row, rounded down. */
const FEE_BPS = 100n;

export const cutNode = breakCase({
  id: "cut-node",
  title: "Cut the authority off from the chain",
  deed: "Between the authority and its chain node stands a proxy, which refuses every connection when it is time to settle.",
  async act({ arena, say }) {
    const { network, devnet } = arena.world;
    const [seller, buyer] = await arena.people("seller", "buyer");
    if (!seller || !buyer) throw new Error("two people were asked for");
    const goods = await arena.publish("cut.bin", seller);
    await using gate = await startGate(network.rpcUrl);
    say("The authority starts again, with the proxy for a node.");
    await network.authority.stop();
    await network.restartAuthority(gate.url);
    const promised = await buyWhole(arena, seller, buyer, goods);
    const before = await devnet.balanceOf(seller.account);
    gate.cut();
    say("The file is bought. The node is gone, and the authority is told to settle.");
    const authority = new AuthorityClient({ url: network.apiUrl });
    const known = (await authority.batches()).length;
    const settling = settleAll(arena).catch(() => settleAll(arena));
    const meanwhile = await stateMeanwhile(authority, known);
    say("The node is back.");
    gate.open();
    await settling;
    const received = (await devnet.balanceOf(seller.account)) - before;
    await network.authority.stop();
    await network.restartAuthority();
    return { promised, received, fee: (promised * FEE_BPS) / 10_000n, meanwhile };
  },
  judge: judgeCutNode,
});

/** How far its newest batch came while there was no chain; null: it decided none. */
async function stateMeanwhile(authority: AuthorityClient, known: number): Promise<string | null> {
  let state: string | null = null;
  for (let look = 0; look < LOOKS; look++) {
    await setTimeout(LOOK_MS);
    const batches = await authority.batches();
    if (batches.length > known) state = batches[0]?.state ?? null;
  }
  return state;
}
