import { hexToBytes } from "../../protocol/base/bytes.ts";
import { AccessError, InputError, ProtocolError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { Complaint, ComplaintReply } from "../../protocol/http/payments.ts";
import { hashVoucher } from "../../protocol/signed/voucher.ts";
import type { Caller, Context } from "../context.ts";
import { DAY_SEC } from "../day.ts";
import { countComplaints, findComplaint, insertComplaint, type StoredComplaint } from "../store/tables/complaints.ts";
import { findLane, type StoredLane } from "../store/tables/lanes.ts";

const MAX_PER_DAY = 200;

/**
 * Stores a payee's complaint about the payer of one of its lanes. The first for each lane counts.
 * @throws {AccessError} LANE_UNKNOWN, PAYEE_WRONG, RATE_LIMITED
 * @throws {InputError} ABOVE_CAP, EXPIRED
 * @throws {ProtocolError} SIGNATURE_INVALID
 */
export async function takeComplaint(context: Context, caller: Caller, body: Complaint): Promise<ComplaintReply> {
  const { clock, log, store } = context;
  const payer = parseAddress(body.payer);
  const lane = await findLane(store.db, payer, body.lane);
  if (!lane) throw new AccessError("LANE_UNKNOWN", `there is no lane ${body.lane} of ${payer}`);
  if (lane.payee !== caller.account)
    throw new AccessError(
      "PAYEE_WRONG",
      `lane ${lane.lane} of ${payer} belongs to another payee: only that payee may complain`,
    );
  checkVoucher(context, lane, body);
  const complaint = {
    payer,
    lane: lane.lane,
    payee: caller.account,
    amount: body.amount,
    unpaidBytes: body.unpaidBytes,
    createdAt: clock.now(),
  };
  const stored = await store.transaction(async (trx): Promise<StoredComplaint> => {
    const known = await findComplaint(trx, payer, lane.lane);
    if (known) return known;
    if (clock.now() >= lane.expiresAt + context.chain.facts.claimPeriodSec)
      throw new InputError("EXPIRED", `lane ${lane.lane} of ${payer} ended too long ago for a complaint`);
    if ((await countComplaints(trx, caller.account, clock.now() - DAY_SEC)) >= MAX_PER_DAY)
      throw new AccessError("RATE_LIMITED", `at most ${MAX_PER_DAY} complaints a day are taken from one account`);
    await insertComplaint(trx, complaint);
    return complaint;
  });
  if (stored === complaint) log.info(complaint, "complaint stored");
  return { payer, lane: lane.lane, createdAt: stored.createdAt };
}

function checkVoucher({ separator }: Context, lane: StoredLane, body: Complaint): void {
  const amount = parseBaseUnits(body.amount);
  if (amount > BigInt(lane.cap))
    throw new InputError(
      "ABOVE_CAP",
      `lane ${lane.lane} of ${lane.payer} is good for ${lane.cap} base units, not ${amount}`,
    );
  const { payer, payee } = lane;
  const digest = hashVoucher(separator, { payer, payee, lane: lane.lane, amount });
  const isRight =
    body.signature === null
      ? amount === 0n
      : amount > 0n && recoverSigner(digest, hexToBytes(body.signature as `0x${string}`)) === lane.sessionKey;
  if (!isRight)
    throw new ProtocolError("SIGNATURE_INVALID", `the voucher of lane ${lane.lane} is not signed by its session key`);
}
