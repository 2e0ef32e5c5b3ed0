import { bytesToHex } from "../../protocol/base/bytes.ts";
import { MAX_PUSH } from "../../protocol/base/constants.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import type { Push, PushReply } from "../../protocol/http/payments.ts";
import type { PushRefusal } from "../../protocol/http/push-refusals.ts";
import { hashReceipt } from "../../protocol/signed/receipt.ts";
import type { Caller, Context } from "../context.ts";
import { endRecovered, isLost, readLostLane, recoverLanes } from "../restore/recover-lane.ts";
import type { Db } from "../store/database.ts";
import { nextTurn } from "../store/next-turn.ts";
import { readRestoreState } from "../store/restore/restores.ts";
import { findLanes, findLanesNamed, listLanesToClose, type StoredLane, setVouchers } from "../store/tables/lanes.ts";
import { dropStatement } from "../store/tables/statements.ts";
import { judgeVoucher, type PushedVoucher, raiseLane, type VoucherRules } from "./judge-voucher.ts";

type Result = PushReply["results"][number];
type Receipted = Extract<Result, { readonly amount: string }>;

/** So many signatures are checked or made, about 1.5 ms, before other requests have a turn. */
const AT_ONCE = 16;

/**
 * Takes a payee's best vouchers (docs/protocol.md 4.9). It checks each, stores what is higher than
 * before in one store transaction, and only then signs receipts. A refused voucher never blocks the
 * others. The same push again changes nothing.
 */
export async function pushVouchers(context: Context, caller: Caller, { vouchers }: Push): Promise<PushReply> {
  const { store } = context;
  const names = vouchers.map(({ payer, lane }) => ({ payer: parseAddress(payer), lane }));
  const known = new Map((await findLanesNamed(store.db, names)).map((lane) => [`${lane.payer}/${lane.lane}`, lane]));
  const rules = rulesOf(context, caller);
  const judged = await inTurns(vouchers, (pushed, index): PushRefusal | StoredLane => {
    const { payer, lane: number } = names[index] as (typeof names)[number];
    const lane = known.get(`${payer}/${number}`) ?? readLostLane(context, pushed) ?? undefined;
    return judgeVoucher(lane, pushed, rules) ?? (lane as StoredLane);
  });
  const stored = await store.transaction((trx) => raiseAll(context, trx, caller, vouchers, judged));
  const results = await inTurns(stored, (lane, index): Result => {
    const { payer, lane: number } = vouchers[index] as PushedVoucher;
    return typeof lane === "string" ? { payer, lane: number, code: lane } : receiptOf(context, lane);
  });
  const close = await listLanesToClose(store.db, caller.account, MAX_PUSH);
  const { restores } = await readRestoreState(store.db);
  return { results, close: close.map(({ payer, lane }) => ({ payer, lane })), restores };
}

function rulesOf({ chain, clock, separator }: Context, caller: Caller): VoucherRules {
  const now = Math.max(clock.now(), chain.confirmed.timestamp);
  return { separator, caller, now, claimPeriodSec: chain.facts.claimPeriodSec };
}

/** A large push keeps nobody else waiting. */
async function inTurns<T, R>(all: readonly T[], work: (one: T, index: number) => R): Promise<R[]> {
  const done: R[] = [];
  for (const [index, one] of all.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await nextTurn();
    done.push(work(one, index));
  }
  return done;
}

/** Stores the vouchers. Since they were judged their lanes may have changed. */
async function raiseAll(
  context: Context,
  db: Db,
  caller: Caller,
  vouchers: readonly PushedVoucher[],
  verdicts: readonly (PushRefusal | StoredLane)[],
): Promise<(PushRefusal | StoredLane)[]> {
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

/** Signed anew at each question: while the key is the same, so is the signature. */
export function receiptOf({ keys, separator }: Pick<Context, "keys" | "separator">, lane: StoredLane): Receipted {
  const { payer, payee, amount } = lane;
  const receipt = { payer, payee, lane: lane.lane, amount: BigInt(amount), receivedAt: lane.receivedAt ?? 0 };
  const signature = sign(hashReceipt(separator, receipt), keys.allotter().secret);
  return {
    payer: payer as Address,
    lane: lane.lane,
    amount,
    receivedAt: receipt.receivedAt,
    signature: bytesToHex(signature),
  };
}
