import { parseEventLogs, type TransactionReceipt } from "viem";
import { parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { ClaimableVoucher } from "../../protocol/contract/calls.ts";
import type { Contract } from "../chain/contract.ts";
import { chainCall } from "../chain/rpc.ts";
import { type GasPayer, send } from "../chain/sender.ts";
import { type ClaimCall, chunkCalls, encodeCalls, planCall, type Trial, tryCalls } from "./claim-calls.ts";
import { findUses } from "./find-uses.ts";
import { readLaneStates } from "./lane-states.ts";
import { type ClaimRules, type LaneState, type LeftLane, needsEvidence, planClaim } from "./plan.ts";

export interface ClaimOptions extends Pick<ClaimRules, "isAll" | "min"> {
  /** Opened for the first transaction; null sends none and only shows what would be paid. */
  readonly openGasPayer: (() => Promise<GasPayer>) | null;
  readonly signal: AbortSignal;
  /** Called with each lane as soon as its outcome is known. */
  readonly onOutcome?: (outcome: LaneOutcome) => void;
}

/**
 * What became of one lane, base units. Beside the reasons of the plan, uncovered: payer and bond
 * have nothing (more) for it now; refused: the contract's reason is in `refusal`; dry-run: it would
 * have been paid.
 */
export interface LaneOutcome {
  readonly lane: ClaimableVoucher;
  /** Null: unknown. */
  readonly paidBefore: Amount | null;
  /** Still due before this run. */
  readonly due: Amount;
  readonly paidNow: Amount;
  readonly fromBond: Amount;
  /** Null: paid in full. */
  readonly why: LeftLane["why"] | "uncovered" | "refused" | "dry-run" | null;
  readonly refusal: string | null;
}

export interface ClaimResult {
  /** One for each lane. */
  readonly outcomes: readonly LaneOutcome[];
  /** Base units; `fromBond` is a part of `claimed`. */
  readonly claimed: Amount;
  readonly fromBond: Amount;
  readonly txHashes: readonly string[];
  readonly gasUsed: bigint;
}

/** Anybody may try a call. */
const NOBODY = `0x${"0".repeat(40)}` as const;
const NOTHING_PAID = { paidNow: 0n, fromBond: 0n } as const;

/**
 * Brings vouchers to the contract without the authority. Everything is decided from the chain's
 * state, so that it may be stopped anywhere and run again.
 * @throws {PaymentError} GAS_MISSING; {ChainError} RPC_UNAVAILABLE, CONTRACT_REFUSED, TX_REVERTED,
 * STILL_PENDING
 */
export async function claimVouchers(
  contract: Contract,
  lanes: readonly ClaimableVoucher[],
  options: ClaimOptions,
): Promise<ClaimResult> {
  const { signal, openGasPayer } = options;
  const planned = await planLanes(contract, lanes, options, signal);
  const outcomes: LaneOutcome[] = [];
  const tell = (outcome: LaneOutcome): void => {
    outcomes.push(outcome);
    options.onOutcome?.(outcome);
  };
  for (const outcome of planned.left) tell(outcome);
  const txHashes: string[] = [];
  let gasUsed = 0n;
  let payer: GasPayer | null = null;
  for (const chunk of chunkCalls(planned.calls)) {
    signal.throwIfAborted();
    const trials = await tryCalls(contract, payer?.address ?? NOBODY, chunk);
    const paying = chunk.filter((_, i) => "pays" in (trials[i] as Trial) && !isNothing(trials[i] as Trial));
    let receipt: TransactionReceipt | null = null;
    if (paying.length > 0 && openGasPayer !== null) {
      payer ??= await openGasPayer();
      receipt = await send(contract.rpc, payer, { to: contract.address, data: encodeCalls(paying) }, signal);
      txHashes.push(receipt.transactionHash);
      gasUsed += receipt.gasUsed;
    }
    for (const [i, one] of chunk.entries()) tell(outcomeOf(contract, one, trials[i] as Trial, receipt));
  }
  const sum = (of: (outcome: LaneOutcome) => Amount): Amount => outcomes.reduce((total, one) => total + of(one), 0n);
  const claimed = sum(({ paidNow }) => paidNow);
  return { outcomes, claimed, fromBond: sum(({ fromBond }) => fromBond), txHashes, gasUsed };
}

/** Reads the chain at one block, and decides. */
async function planLanes(
  contract: Contract,
  lanes: readonly ClaimableVoucher[],
  { isAll, min }: Pick<ClaimRules, "isAll" | "min">,
  signal: AbortSignal,
): Promise<{ calls: ClaimCall[]; left: LaneOutcome[] }> {
  const { client, url } = contract.rpc;
  const read = { address: contract.address, abi: floodgateAbi, functionName: "claimPeriod" } as const;
  const [claimPeriodSec, block] = await chainCall(url, () =>
    Promise.all([client.readContract(read), client.getBlock()]),
  );
  const rules: ClaimRules = { isAll, min, claimPeriodSec, now: Number(block.timestamp) };
  const states = await readLaneStates(contract, lanes, block.number);
  const unclear = lanes.filter((lane, i) => needsEvidence(lane, states[i] as LaneState, rules));
  const uses = await findUses(contract, unclear, block.number, signal);

  const calls: ClaimCall[] = [];
  const left: LaneOutcome[] = [];
  for (const [i, lane] of lanes.entries()) {
    const plan = planClaim(lane, { ...(states[i] as LaneState), use: uses.get(lane) ?? null }, rules);
    if (plan.action === "claim") calls.push(planCall(lane, plan));
    else left.push({ lane, ...plan, ...NOTHING_PAID, refusal: null });
  }
  return { calls, left };
}

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
  { allotment }: ClaimableVoucher,
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
