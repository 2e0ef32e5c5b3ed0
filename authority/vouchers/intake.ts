import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { MAX_PUSH } from "../../protocol/base/constants.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner, sign } from "../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { Push, PushReply } from "../../protocol/http/payments.ts";
import type { PushRefusal } from "../../protocol/http/push-refusals.ts";
import { hashReceipt } from "../../protocol/signed/receipt.ts";
import { hashVoucher } from "../../protocol/signed/voucher.ts";
import type { Caller, Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { findLane, listLanesToClose, type StoredLane, setLane } from "../store/tables/lanes.ts";
import { dropStatement } from "../store/tables/statements.ts";

type Pushed = Push["vouchers"][number];
type Result = PushReply["results"][number];

/**
 * Takes a payee's best vouchers (docs/protocol.md 4.9). It checks each, stores what is higher than
 * before in one store transaction, and only then signs receipts. A refused voucher never blocks the
 * others. The same push again changes nothing.
 */
export async function pushVouchers(context: Context, caller: Caller, { vouchers }: Push): Promise<PushReply> {
  const { store } = context;
  const judged: (PushRefusal | StoredLane)[] = [];
  for (const voucher of vouchers) judged.push(await judge(context, caller, voucher));
  const stored = await store.transaction(async (trx) => {
    const lanes: (PushRefusal | StoredLane)[] = [];
    for (const [index, verdict] of judged.entries()) {
      const isRefused = typeof verdict === "string";
      lanes.push(isRefused ? verdict : await raise(context, trx, verdict, wishOf(caller, verdict, vouchers[index])));
    }
    return lanes;
  });
  const results = stored.map((lane, index): Result => {
    const { payer, lane: number } = vouchers[index] as Pushed;
    return typeof lane === "string" ? { payer, lane: number, code: lane } : receiptOf(context, lane);
  });
  const close = await listLanesToClose(store.db, caller.account, MAX_PUSH);
  return { results, close: close.map(({ payer, lane }) => ({ payer, lane })) };
}

/** Only the device that the lane pays closes it: its key has signed the request that says so. */
function wishOf({ sessionKey }: Caller, lane: StoredLane, pushed: Pushed | undefined): Pushed {
  const { final, ...voucher } = pushed as Pushed;
  return { ...voucher, final: final && sessionKey === lane.payeeKey };
}

async function judge(context: Context, caller: Caller, pushed: Pushed): Promise<PushRefusal | StoredLane> {
  const { separator, store } = context;
  const lane = await findLane(store.db, parseAddress(pushed.payer), pushed.lane);
  if (!lane) return "LANE_UNKNOWN";
  if (lane.payee !== caller.account) return "PAYEE_WRONG";
  const amount = parseBaseUnits(pushed.amount);
  if (amount === 0n) return "AMOUNT_ZERO";
  if (amount > BigInt(lane.cap)) return "ABOVE_CAP";
  if (amount <= BigInt(lane.amount)) return lane;
  const { payer, payee } = lane;
  const digest = hashVoucher(separator, { payer, payee, lane: lane.lane, amount });
  if (recoverSigner(digest, hexToBytes(pushed.signature as Hex)) !== lane.sessionKey) return "SIGNATURE_INVALID";
  return isOver(context, lane) ? "EXPIRED" : lane;
}

/**
 * Whether its claim window has closed. From the block that says so on, the money that it reserved
 * is promised again.
 */
function isOver({ chain, clock }: Context, { expiresAt }: StoredLane): boolean {
  return Math.max(clock.now(), chain.confirmed.timestamp) >= expiresAt + chain.facts.claimPeriodSec;
}

/** Stores the voucher. Time has passed since the lane was judged, and it may have changed. */
async function raise(context: Context, db: Db, judged: StoredLane, pushed: Pushed): Promise<PushRefusal | StoredLane> {
  const now = context.clock.now();
  const lane = (await findLane(db, judged.payer, judged.lane)) ?? judged;
  const amount = parseBaseUnits(pushed.amount);
  const isHigher = amount > BigInt(lane.amount);
  if (isHigher && isOver(context, lane)) return "EXPIRED";
  if (lane.state !== "open") return isHigher ? "LANE_SETTLED" : lane;
  // A lane is closed only at an amount that is not below what came first.
  const isFinal = pushed.final && amount >= BigInt(lane.amount);
  const isFinished = isFinal || amount === BigInt(lane.cap);
  const change = {
    ...(isHigher ? { amount: amount.toString(), voucherSignature: pushed.signature as Hex, receivedAt: now } : {}),
    ...(isFinal ? { isFinal: 1 } : {}),
    ...(isFinished && lane.finishedAt === null ? { finishedAt: now } : {}),
  };
  if (Object.keys(change).length > 0) await setLane(db, lane, change);
  // The payee had closed too early. The authority never settles less than the voucher that it
  // holds.
  if (isHigher && lane.statementId !== null) await dropStatement(db, lane.statementId);
  return { ...lane, ...change };
}

function receiptOf({ config, separator }: Context, lane: StoredLane): Result {
  const { payer, payee, amount } = lane;
  const receipt = { payer, payee, lane: lane.lane, amount: BigInt(amount), receivedAt: lane.receivedAt ?? 0 };
  const signature = sign(hashReceipt(separator, receipt), config.allotterKey);
  return {
    payer: payer as Address,
    lane: lane.lane,
    amount,
    receivedAt: receipt.receivedAt,
    signature: bytesToHex(signature),
  };
}
