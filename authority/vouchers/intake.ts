import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { MAX_PUSH } from "../../protocol/base/constants.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { Push, PushReply } from "../../protocol/http/payments.ts";
import type { PushRefusal } from "../../protocol/http/push-refusals.ts";
import { hashReceipt, type Receipt } from "../../protocol/signed/receipt.ts";
import type { Caller, Context } from "../context.ts";
import { endRecovered, isLost, readLostLane, recoverLanes } from "../restore/recover-lane.ts";
import type { Db } from "../store/database.ts";
import { nextTurn } from "../store/next-turn.ts";
import { readRestoreState } from "../store/restore/restores.ts";
import { findLanes, findLanesNamed, listLanesToClose, type StoredLane, setVouchers } from "../store/tables/lanes.ts";
import { dropStatement } from "../store/tables/statements.ts";
import { judgeVoucher, needsProof, type PushedVoucher, raiseLane, type VoucherRules } from "./judge-voucher.ts";

type Result = PushReply["results"][number];
type Receipted = Extract<Result, { readonly amount: string }>;

/** So many lost lanes are looked at, each with a signature, before other requests have a turn. */
const UNKNOWN_AT_ONCE = 8;

type Verdict = PushRefusal | StoredLane;

/**
 * Takes a payee's best vouchers (docs/protocol.md 4.9). It checks each, stores what is higher than
 * before in one store transaction, and only then signs receipts. A refused voucher never blocks the
 * others. The same push again changes nothing.
 */
export async function pushVouchers(context: Context, caller: Caller, { vouchers }: Push): Promise<PushReply> {
  const { store } = context;
  const judged = await judgeAll(context, caller, vouchers);
  const stored = await store.transaction((trx) => raiseAll(context, trx, caller, vouchers, judged));
  const results = await answerAll(context, caller, vouchers, stored);
  const close = await listLanesToClose(store.db, caller.account, MAX_PUSH);
  const { restores } = await readRestoreState(store.db);
  return { results, close: close.map(({ payer, lane }) => ({ payer, lane })), restores };
}

async function judgeAll(context: Context, caller: Caller, vouchers: readonly PushedVoucher[]): Promise<Verdict[]> {
  const names = vouchers.map(({ payer, lane }) => ({ payer: parseAddress(payer), lane }));
  const lanes = await findLanesNamed(context.store.db, names);
  const known = new Map(lanes.map((lane) => [`${lane.payer}/${lane.lane}`, lane]));
  const rules = rulesOf(context, caller);
  const judged: Verdict[] = [];
  let unknown = 0;
  for (const [index, pushed] of vouchers.entries()) {
    const { payer, lane: number } = names[index] as (typeof names)[number];
    let lane = known.get(`${payer}/${number}`);
    if (lane === undefined) {
      if (++unknown % UNKNOWN_AT_ONCE === 0) await nextTurn();
      lane = readLostLane(context, pushed) ?? undefined;
    }
    judged.push(judgeVoucher(lane, pushed, rules) ?? (lane as StoredLane));
  }
  const unproven = judged.flatMap((lane, index) => {
    const pushed = vouchers[index] as PushedVoucher;
    if (typeof lane === "string" || !needsProof(lane, pushed)) return [];
    const voucher = { payer: lane.payer, payee: lane.payee, lane: lane.lane, amount: parseBaseUnits(pushed.amount) };
    return [{ index, lane, voucher: { ...voucher, signature: pushed.signature as Hex } }];
  });
  const claimed = unproven.map(({ voucher }) => voucher);
  const signers = await context.signing.recover(caller.account, context.separator, claimed);
  for (const [i, { index, lane }] of unproven.entries())
    if (signers[i] !== lane.sessionKey) judged[index] = "SIGNATURE_INVALID";
  return judged;
}

function rulesOf({ chain, clock }: Context, caller: Caller): VoucherRules {
  const now = Math.max(clock.now(), chain.confirmed.timestamp);
  return { caller, now, claimPeriodSec: chain.facts.claimPeriodSec };
}

/** Stores the vouchers. Since they were judged their lanes may have changed. */
async function raiseAll(
  context: Context,
  db: Db,
  caller: Caller,
  vouchers: readonly PushedVoucher[],
  verdicts: readonly Verdict[],
): Promise<Verdict[]> {
  const judged = await recoverLanes(db, verdicts);
  const sequences = judged.flatMap((lane) => (typeof lane === "string" ? [] : [lane.sequence]));
  const lanes = new Map((await findLanes(db, sequences)).map((lane) => [lane.sequence, lane]));
  const rules = rulesOf(context, caller);
  const changed = new Map<number, StoredLane>();
  const outdated = new Set<number>();
  const raised = judged.map((verdict, index) => {
    if (typeof verdict === "string") return verdict;
    const lane = lanes.get(verdict.sequence) ?? verdict;
    const after = raiseLane(lane, vouchers[index] as PushedVoucher, rules, context.clock.now());
    if (typeof after === "string" || after === lane) return after;
    lanes.set(lane.sequence, after);
    changed.set(lane.sequence, after);
    // The payee had closed too early. The authority never settles less than the voucher that it
    // holds.
    if (after.amount !== lane.amount && lane.statementId !== null) outdated.add(lane.statementId);
    return after;
  });
  if (changed.size > 0) await setVouchers(db, [...changed.values()]);
  for (const id of outdated) await dropStatement(db, id);
  for (const [index, lane] of raised.entries())
    if (isLost(verdicts[index]) && typeof lane !== "string") await endRecovered(db, lane);
  return raised;
}

/** A receipt of each that was stored. */
async function answerAll(
  { keys, separator, signing }: Context,
  caller: Caller,
  vouchers: readonly PushedVoucher[],
  stored: readonly Verdict[],
): Promise<Result[]> {
  const receipts = stored.flatMap((lane) => (typeof lane === "string" ? [] : [receiptFor(lane)]));
  const isTaken = receipts.length > 0;
  const signatures = isTaken ? await signing.sign(caller.account, separator, receipts, keys.allotter().secret) : [];
  let next = 0;
  return stored.map((lane, index): Result => {
    const { payer, lane: number } = vouchers[index] as PushedVoucher;
    return typeof lane === "string" ? { payer, lane: number, code: lane } : receipted(lane, signatures[next++] as Hex);
  });
}

/** Signed anew at each question: while the key is the same, so is the signature. */
export function receiptOf({ keys, separator }: Pick<Context, "keys" | "separator">, lane: StoredLane): Receipted {
  return receipted(lane, bytesToHex(sign(hashReceipt(separator, receiptFor(lane)), keys.allotter().secret)));
}

function receipted(lane: StoredLane, signature: Hex): Receipted {
  const { payer, amount } = lane;
  return { payer, lane: lane.lane, amount, receivedAt: receiptFor(lane).receivedAt, signature };
}

function receiptFor({ payer, payee, lane, amount, receivedAt }: StoredLane): Receipt {
  return { payer, payee, lane, amount: BigInt(amount), receivedAt: receivedAt ?? 0 };
}
