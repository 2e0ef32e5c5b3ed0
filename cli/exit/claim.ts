import { parseEventLogs, type TransactionReceipt } from "viem";
import type { Contract } from "../../client/chain/contract.ts";
import { chainCall } from "../../client/chain/rpc.ts";
import { type GasPayer, send } from "../../client/chain/sender.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { type Amount, parseAmount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { openGasPayer } from "../gas-payer.ts";
import type { Context } from "../runtime.ts";
import { type ClaimCall, chunkCalls, encodeClaim, encodeMulticall, type Trial, tryCalls } from "./claim-calls.ts";
import { findUses } from "./find-uses.ts";
import { openHomeContract } from "./home-contract.ts";
import { readLaneStates } from "./lane-states.ts";
import { type ClaimRules, type LaneState, needsEvidence, planClaim, type VoucherLane } from "./plan.ts";
import { formatOutcomes, type LaneOutcome, laneFields } from "./report.ts";

export interface ClaimOptions {
  readonly rpc: string;
  readonly all?: boolean;
  readonly min?: string;
  readonly dryRun?: boolean;
  readonly gasKeyFile?: string;
}

/** Anybody may try a call. */
const NOBODY = `0x${"0".repeat(40)}` as const;

/**
 * Brings this home's vouchers to the contract itself. Everything is decided from the chain's state, so that it may be
 * killed and run again. @throws {PaymentError} GAS_MISSING; {InputError} HOME_IN_USE, CHAIN_MISMATCH
 */
export async function claim(context: Context, options: ClaimOptions): Promise<void> {
  const { output, home, signal } = context;
  const contract = await openHomeContract(home, options.rpc);
  const min = options.min === undefined ? 0n : parseAmount(options.min, contract.token.decimals);
  const lanes = readVouchers(home);
  const planned = await planLanes(contract, lanes, { isAll: options.all ?? false, min }, signal);

  const outcomes: LaneOutcome[] = [];
  const tell = (outcome: LaneOutcome): void => {
    outcomes.push(outcome);
    output.event("lane", laneFields(outcome), null);
  };
  for (const outcome of planned.left) tell(outcome);
  const txHashes: string[] = [];
  let gasUsed = 0n;
  let payer: GasPayer | null = null;
  for (const chunk of chunkCalls(planned.calls)) {
    signal.throwIfAborted();
    const trials = await tryCalls(contract, payer?.address ?? NOBODY, chunk);
    const paying = chunk.filter((_, i) => "pays" in (trials[i] as Trial) && !isNothing(trials[i] as Trial));
    const isSent = paying.length > 0 && !options.dryRun;
    payer ??= isSent ? await openGasPayer(context, options.gasKeyFile) : null;
    const call = { to: contract.address, data: encodeMulticall(paying) };
    const receipt = isSent && payer ? await send(contract.rpc, payer, call, signal) : null;
    if (receipt) txHashes.push(receipt.transactionHash);
    gasUsed += receipt?.gasUsed ?? 0n;
    for (const [i, one] of chunk.entries()) tell(outcomeOf(contract, one, trials[i] as Trial, receipt));
  }
  const claimed = outcomes.reduce((sum, { paidNow }) => sum + paidNow, 0n);
  const fromBond = outcomes.reduce((sum, one) => sum + one.fromBond, 0n);
  const result = { lanes: outcomes.length, claimed, fromBond, txHashes, gasUsed };
  output.event("done", result, formatOutcomes(outcomes, contract.token));
}

function readVouchers(home: string): VoucherLane[] {
  const store = openPeerStore(home);
  try {
    return store.listVouchers().map(({ allotment, amount, signature }) => {
      invariant(signature !== null, "LANE_UNSIGNED", `lane ${allotment.lane} has an amount and no signature`);
      return { allotment, amount, signature };
    });
  } finally {
    store.close();
  }
}

/** Reads the chain at one block, and decides. */
async function planLanes(
  contract: Contract,
  lanes: readonly VoucherLane[],
  wish: Pick<ClaimRules, "isAll" | "min">,
  signal: AbortSignal,
): Promise<{ calls: ClaimCall[]; left: LaneOutcome[] }> {
  const { client, url } = contract.rpc;
  const read = { address: contract.address, abi: floodgateAbi, functionName: "claimPeriod" } as const;
  const [claimPeriodSec, block] = await chainCall(url, () =>
    Promise.all([client.readContract(read), client.getBlock()]),
  );
  const rules: ClaimRules = { ...wish, claimPeriodSec, now: Number(block.timestamp) };
  const states = await readLaneStates(contract, lanes, block.number);
  const unclear = lanes.filter((lane, i) => needsEvidence(lane, states[i] as LaneState, rules));
  const uses = await findUses(contract, unclear, block.number, signal);

  const calls: ClaimCall[] = [];
  const left: LaneOutcome[] = [];
  for (const [i, lane] of lanes.entries()) {
    const plan = planClaim(lane, { ...(states[i] as LaneState), use: uses.get(lane) ?? null }, rules);
    if (plan.action === "claim") calls.push(encodeClaim(lane, plan));
    else left.push({ lane, ...plan, ...NOTHING_PAID, refusal: null });
  }
  return { calls, left };
}

const NOTHING_PAID = { paidNow: 0n, fromBond: 0n } as const;

function outcomeOf(
  { address }: Contract,
  { lane, plan }: ClaimCall,
  trial: Trial,
  receipt: TransactionReceipt | null,
): LaneOutcome {
  const { paidBefore, due } = plan;
  const outcome = { lane, paidBefore, due };
  if ("refusal" in trial) return { ...outcome, ...NOTHING_PAID, why: "refused", refusal: trial.refusal };
  if (receipt === null) {
    const why = isNothing(trial) ? "uncovered" : "dry-run";
    return { ...outcome, ...NOTHING_PAID, why, refusal: null };
  }
  const { paidNow, fromBond } = paymentIn(receipt, address, lane);
  return { ...outcome, paidNow, fromBond, why: paidNow < due ? "uncovered" : null, refusal: null };
}

/** Nothing when somebody else's claim came first. */
function paymentIn(
  { logs }: TransactionReceipt,
  contract: string,
  { allotment }: VoucherLane,
): { readonly paidNow: Amount; readonly fromBond: Amount } {
  for (const { address, args } of parseEventLogs({ abi: floodgateAbi, logs, eventName: "Claimed" })) {
    const isOurs = parseAddress(address) === contract && args.lane === allotment.lane;
    if (!isOurs || parseAddress(args.payer) !== allotment.payer || parseAddress(args.payee) !== allotment.payee)
      continue;
    return { paidNow: args.amount, fromBond: args.fromBond };
  }
  return NOTHING_PAID;
}

function isNothing(trial: Trial): boolean {
  return "pays" in trial && trial.pays === 0n;
}
