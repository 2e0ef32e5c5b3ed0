import { decodeFunctionResult, encodeFunctionData } from "viem";
import { decodeMirrorEvents, type MirrorEvent } from "../../authority/chain/mirror/mirror-events.ts";
import { findLane } from "../../authority/store/tables/lanes.ts";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { ChaosAuthority } from "./authority.ts";
import { OPERATOR } from "./deploy.ts";
import type { Lane, Load } from "./load.ts";
import type { Stage } from "./stage.ts";

/** What went wrong with somebody's money, in words. */
export interface Wrongs {
  /** Accepted and not paid, or charged and not credited. */
  readonly lost: string[];
  /** Paid or credited more than once. */
  readonly twice: string[];
  /** The books say something else than the chain. */
  readonly mismatched: string[];
}

/** Compares what people hold receipts for, the authority's books, and the chain. */
export async function checkMoney(authority: ChaosAuthority, load: Load, stage: Stage): Promise<Wrongs> {
  const wrongs: Wrongs = { lost: [], twice: [], mismatched: [] };
  const { chain } = authority.context;
  const logs = await stage.request("eth_getLogs", [{ address: stage.contract, fromBlock: "0x0", toBlock: "latest" }]);
  const events = decodeMirrorEvents(stage.contract, logs as never);

  for (const person of [...load.payers, ...load.payees]) {
    const { address } = person.wallet;
    const onChain = await accountOf(stage, address);
    const { balance } = await chain.readAccount(address);
    if (balance !== onChain) wrongs.mismatched.push(`${person.name} has ${onChain}, the books say ${balance}`);
  }
  const taken = await takenOnLanes(authority, load, wrongs);
  for (const payer of load.payers) {
    const { address } = payer.wallet;
    let expected = await charged(authority, address);
    const credited = sumOf(events, (event) =>
      event.type === "deposited" && event.account === address && event.from === OPERATOR.address ? event.amount : 0n,
    );
    if (credited < expected) wrongs.lost.push(`${payer.name} paid ${expected} by card and got ${credited}`);
    if (credited > expected) wrongs.twice.push(`${payer.name} paid ${expected} by card and got ${credited}`);
    expected = credited;
    for (const [lane, amount] of taken) if (lane.payer === payer) expected -= amount;
    expected -= sumOf(events, (event) => (event.type === "released" && event.account === address ? event.amount : 0n));
    const balance = await accountOf(stage, address);
    if (balance < expected) wrongs.twice.push(`${payer.name} should have ${expected} left, and has ${balance}`);
    if (balance > expected) wrongs.lost.push(`${payer.name} should have ${expected} left, and has ${balance}`);
  }
  return wrongs;
}

/**
 * What the authority has taken on each lane, and paid: at least what a receipt says, and at most
 * what the payer signed. It may have died between its store and its answer, and have settled before
 * its payee came again.
 */
async function takenOnLanes(authority: ChaosAuthority, load: Load, wrongs: Wrongs): Promise<Map<Lane, bigint>> {
  const taken = new Map<Lane, bigint>();
  for (const lane of load.lanes.values()) {
    const { allotment, accepted, signed } = lane;
    const name = `lane ${allotment.lane} of ${allotment.payer}`;
    const stored = await findLane(authority.context.store.db, allotment.payer, allotment.lane);
    if (stored === undefined) {
      wrongs.lost.push(`${name} is not in the books`);
      continue;
    }
    const amount = BigInt(stored.amount);
    taken.set(lane, amount);
    if (amount < accepted) wrongs.lost.push(`${name}: a receipt says ${accepted}, the books ${amount}`);
    if (amount > signed) wrongs.twice.push(`${name}: ${signed} was signed, the books say ${amount}`);
    if (amount > 0n && (stored.state !== "settled" || BigInt(stored.paid) !== amount))
      wrongs.mismatched.push(`${name} is ${stored.state} (${stored.reason}) with ${stored.paid} of ${amount} paid`);
  }
  return taken;
}

function sumOf(events: readonly MirrorEvent[], amountOf: (event: MirrorEvent) => bigint): bigint {
  return events.reduce((sum, event) => sum + amountOf(event), 0n);
}

/** What the card network has taken from the account's owner. */
async function charged({ context }: ChaosAuthority, account: Address): Promise<bigint> {
  const rows = await context.store.db
    .selectFrom("cardCharges")
    .innerJoin("deposits", "deposits.id", "cardCharges.idempotencyKey")
    .select(["cardCharges.amount"])
    .where("deposits.account", "=", account)
    .where("cardCharges.outcome", "=", "paid")
    .where("cardCharges.refund", "is", null)
    .execute();
  return rows.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

async function accountOf(stage: Stage, account: Address): Promise<bigint> {
  const call = { abi: floodgateAbi, functionName: "accountOf", args: [account] } as const;
  const data = await stage.request("eth_call", [{ to: stage.contract, data: encodeFunctionData(call) }, "latest"]);
  return decodeFunctionResult({ abi: floodgateAbi, functionName: "accountOf", data: data as Hex }).balance;
}
