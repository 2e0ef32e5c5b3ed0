import { mkdirSync } from "node:fs";
import { encodeFunctionData } from "viem";
import { openRpc } from "../../../client/chain/rpc.ts";
import { gasPayerOf, send } from "../../../client/chain/sender.ts";
import { pollUntil } from "../../../client/poll.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { type Arena, type Person, strangersCredit } from "../../cheats/arena.ts";
import { startGreedyPayer } from "../../cheats/greedy-payer.ts";
import { settleAll } from "../../cheats/market.ts";
import { breakCase } from "../case.ts";
import { judgeStolenSession } from "../judge-payers.ts";

/** What the wallet let the device spend, base units: less than the content costs. */
const LIMIT = 2_000n;
const POLL_MS = 500;

export const stealSession = breakCase({
  id: "steal-session",
  title: "Steal a session key",
  deed: "A thief copies a device's session, and signs its money away to an accomplice, as much as it can.",
  cheats: ["accomplice"],
  async act({ arena, say }) {
    const { devnet } = arena.world;
    const [accomplice] = await arena.people("accomplice");
    const victim = await arena.personWithLimit("victim", LIMIT);
    if (!accomplice) throw new Error("one person was asked for");
    const goods = await arena.publish("bait.bin", accomplice);
    const selling = await arena.seed(accomplice, goods);
    const before = await devnet.balanceOf(victim.account);
    say("The thief has the key. It promises the accomplice all that the authority lets it promise.");
    const home = `${victim.home}-copy`;
    mkdirSync(home);
    const thief = await startGreedyPayer({
      person: { ...victim, home },
      goods,
      sellers: new Set([accomplice.identity.sessionKey]),
      pay: (deal) => deal.payUpTo(before),
      appetite: strangersCredit(goods),
    });
    const [deal] = thief.deals;
    await deal?.begun;
    await selling.said(({ earned }) => earned !== undefined && BigInt(String(earned)) > 0n);
    await thief.rest();
    await Promise.all([thief.stop(), selling.stop()]);
    say("The accomplice cashes in. The victim's wallet revokes the session.");
    await settleAll(arena);
    const isStopped = await revoke(arena, victim);
    return { before, after: await devnet.balanceOf(victim.account), limit: LIMIT, isStopped };
  },
  judge: judgeStolenSession,
});

/** By the wallet, on the chain. True when the authority knows it, too. */
async function revoke({ world }: Arena, { wallet, identity, authority, account }: Person): Promise<boolean> {
  const { network, runner } = world;
  await runner.run(["faucet", "--rpc", network.rpcUrl, "--to", account]);
  const { sessionKey } = identity;
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "revokeSession", args: [sessionKey] });
  const signal = AbortSignal.timeout(60_000);
  await send(await openRpc(network.rpcUrl), gasPayerOf(wallet), { to: network.contract, data }, signal);
  const { state } = await pollUntil({
    read: () => authority.session(sessionKey),
    isDone: (session) => session.state === "revoked",
    signal,
    pending: "the authority does not know of the revocation",
    intervalMs: POLL_MS,
  });
  return state === "revoked";
}
