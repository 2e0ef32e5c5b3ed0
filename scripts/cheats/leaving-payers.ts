import { encodeFunctionData, type Hex } from "viem";
import { openRpc } from "../../client/chain/rpc.ts";
import { gasPayerOf, send } from "../../client/chain/sender.ts";
import { type Amount, bytesCovered } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type Person, PRICE } from "./arena.ts";
import type { GreedyPayer } from "./greedy-payer.ts";
import { type Market, rowOf, sendPayers, settleAll } from "./market.ts";
import type { Row } from "./row.ts";

/** What was promised to the payees, and what the chain has paid of it. Base units. */
export interface LeavingRow extends Row {
  readonly promised: Amount;
  readonly paid: Amount;
}

/**
 * A payer that takes the ground away under its vouchers in the middle of a download, and goes on
 * paying with them.
 */
export interface Leaving {
  readonly scenario: string;
  readonly payer: GreedyPayer;
}

/** Asks the contract for its whole deposit. */
export async function startWithdrawing(market: Market): Promise<Leaving> {
  const [person] = await market.arena.people("withdrawer");
  if (!person) throw new Error("one person was asked for");
  const balance = BigInt((await person.authority.account()).balance);
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "requestWithdrawal", args: [balance] });
  return leave(market, "withdraws its deposit mid-download", person, data);
}

/** Takes the right to sign from the key that it signs with. */
export async function startRevoking(market: Market): Promise<Leaving> {
  const [person] = await market.arena.people("revoker");
  if (!person) throw new Error("one person was asked for");
  const { sessionKey } = person.identity;
  const data = encodeFunctionData({ abi: floodgateAbi, functionName: "revokeSession", args: [sessionKey] });
  return leave(market, "revokes its session mid-download", person, data);
}

/**
 * Settles what the payees hold: all of it must be paid, whatever was withdrawn or revoked since it
 * was promised.
 */
export async function judgeLeaving(market: Market, leaving: readonly Leaving[]): Promise<LeavingRow[]> {
  await Promise.all(leaving.map(({ payer }) => payer.rest()));
  await settleAll(market.arena);
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
      return {
        ...row,
        promised: stored,
        paid,
        gained: { bytes, money: 0n },
        lost: { bytes, money: stored > paid ? stored - paid : 0n },
      };
    }),
  );
}

async function leave(market: Market, scenario: string, person: Person, data: Hex): Promise<Leaving> {
  const { arena, sellers } = market;
  const { network } = arena.world;

  await arena.world.runner.run(["faucet", "--rpc", network.rpcUrl, "--to", person.account]);
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
