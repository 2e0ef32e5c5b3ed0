import { join } from "node:path";
import { encodeFunctionData, type Hex } from "viem";
import { openRpc } from "../../../client/chain/rpc.ts";
import { gasPayerOf, send } from "../../../client/chain/sender.ts";
import { bytesCovered } from "../../../protocol/base/units.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { type Arena, type Person, PRICE } from "../support/arena.ts";
import type { GreedyPayer } from "../support/greedy-payer.ts";
import type { Row } from "../support/row.ts";
import { type Market, rowOf, sendPayers } from "./market.ts";

/**
 * A payer that takes the ground away under its vouchers in the middle of a download, and goes on
 * paying with them.
 */
interface Leaving {
  readonly scenario: string;
  readonly payer: GreedyPayer;
}

export async function startLeaving(market: Market): Promise<Leaving[]> {
  const { arena } = market;
  const [withdrawer, revoker] = await arena.people("withdrawer", "revoker");
  if (!withdrawer || !revoker) throw new Error("two people were asked for");
  const balance = BigInt((await withdrawer.authority.account()).balance);
  const withdraw = encodeFunctionData({ abi: floodgateAbi, functionName: "requestWithdrawal", args: [balance] });
  const { sessionKey } = revoker.identity;
  const revoke = encodeFunctionData({ abi: floodgateAbi, functionName: "revokeSession", args: [sessionKey] });
  // One after the other: the faucet is one account.
  for (const { account } of [withdrawer, revoker]) {
    const { network, runner } = arena.world;
    await runner.run(["faucet", "--rpc", network.rpcUrl, "--to", account]);
  }
  return Promise.all([
    leave(market, "withdraws its deposit mid-download", withdrawer, withdraw),
    leave(market, "revokes its session mid-download", revoker, revoke),
  ]);
}

/**
 * Settles what the payees hold: all of it must be paid, whatever was withdrawn or revoked since it
 * was promised.
 */
export async function judgeLeaving(market: Market, leaving: readonly Leaving[]): Promise<Row[]> {
  await Promise.all(leaving.map(({ payer }) => payer.rest()));
  await settle(market.arena);
  return Promise.all(
    leaving.map(async ({ scenario, payer }) => {
      const { deals, person } = payer;
      const stored = deals.reduce((sum, deal) => sum + deal.stored, 0n);
      const verified = deals.reduce((sum, deal) => sum + deal.verifiedBytes, 0);
      const paid = BigInt((await person.authority.account()).paid);
      const row = await rowOf(scenario, market, [payer], { note: `${paid} of ${stored} promised were paid on-chain` });
      await payer.stop();
      // A payee may hold more than it had told: what was paid in the end counts.
      const bytes = Math.max(0, verified - bytesCovered(paid + BigInt(deals.length), PRICE));
      return { ...row, gained: { bytes, money: 0n }, lost: { bytes, money: stored > paid ? stored - paid : 0n } };
    }),
  );
}

async function leave(market: Market, scenario: string, person: Person, data: Hex): Promise<Leaving> {
  const { arena, sellers } = market;
  const { network } = arena.world;

  const rpc = await openRpc(network.rpcUrl);
  const left = Promise.withResolvers<void>();
  let isLeaving = false;
  const [payer] = await sendPayers(market, [person], (deal) => {
    if (!isLeaving) {
      isLeaving = true;
      const call = { to: network.contract, data };
      send(rpc, gasPayerOf(person.wallet), call, AbortSignal.timeout(60_000)).then(() => left.resolve(), left.reject);
    }
    // The first pieces are paid when the way out is open already.
    left.promise.then(
      () => deal.payUpTo(deal.due),
      () => undefined,
    );
  });
  if (!payer) throw new Error("no payer came");
  await left.promise;
  await Promise.all(sellers.map((seller) => seller.lives(3)));
  return { scenario, payer };
}

async function settle({ world }: Arena): Promise<void> {
  const { network, runner } = world;
  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--close", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
}
