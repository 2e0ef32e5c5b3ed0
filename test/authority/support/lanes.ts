import { answerAnnounces } from "../../../authority/allotments/answer-announce.ts";
import { findLane, type StoredLane } from "../../../authority/store/tables/lanes.ts";
import { pushVouchers } from "../../../authority/vouchers/intake.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import type { Push, StatementBody } from "../../../protocol/http/payments.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../../protocol/signed/allotment-json.ts";
import { hashStatement, type Statement } from "../../../protocol/signed/statement.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { PIECE, PIECES, type TestAuthority, type TestSession } from "./context.ts";

export const CONTENT = "ab".repeat(20);

/** The lanes that a payer gets when it has met these payees: one each, at first. */
export async function grantLanes(
  authority: TestAuthority,
  payer: TestSession,
  payees: readonly TestSession[],
  infoHash = CONTENT,
): Promise<SignedAllotment[]> {
  const requestedAt = authority.now;
  const { account, sessionKey } = payer;
  const met = payees.map((payee) => payee.sessionKey);
  const request = { account, sessionKey, infoHash, bytesLeft: PIECES * PIECE, topUp: [], met, requestedAt };
  const digest = hashAllotmentRequest(authority.context.separator, request);
  const announce = {
    infoHash,
    event: "started" as const,
    bytesLeft: PIECES * PIECE,
    session: { account, sessionKey },
    request: { requestedAt, topUp: [], met, signature: bytesToHex(sign(digest, payer.privateKey)) },
    payees: met,
  };
  const [answer] = (await answerAnnounces(authority.context, [announce])).answers;
  if (!answer?.isKnown || !answer.grant) throw new Error("no grant");
  return answer.grant.lanes.map(({ allotment }) => allotmentFromJson(allotment));
}

/** What the payee of a lane pushes: its payer's voucher. */
export function pushOf(
  authority: TestAuthority,
  { payer, payee }: { readonly payer: TestSession; readonly payee: TestSession },
  lane: number,
  amount: bigint,
  final: boolean,
): Push["vouchers"][number] {
  const voucher = { payer: payer.account, payee: payee.account, lane, amount };
  const signature = bytesToHex(sign(hashVoucher(authority.context.separator, voucher), payer.privateKey));
  return { payer: payer.account, lane, amount: amount.toString(), signature, final };
}

/** The payee of a lane brings its payer's voucher. */
export async function pushVoucher(
  authority: TestAuthority,
  { payer, payee }: { readonly payer: TestSession; readonly payee: TestSession },
  lane: number,
  amount: bigint,
  final = true,
): Promise<void> {
  const vouchers = [pushOf(authority, { payer, payee }, lane, amount, final)];
  const { results } = await pushVouchers(authority.context, payee, { vouchers });
  if (!results[0] || "code" in results[0]) throw new Error(`refused: ${JSON.stringify(results)}`);
}

/** The payer's statement of these lanes. */
export function statementOf(authority: TestAuthority, payer: TestSession, lanes: Statement["lanes"]): StatementBody {
  const digest = hashStatement(authority.context.separator, { payer: payer.account, lanes });
  return {
    lanes: lanes.map((lane) => ({ ...lane, amount: lane.amount.toString() })),
    signature: bytesToHex(sign(digest, payer.privateKey)),
  };
}

export async function laneOf(authority: TestAuthority, payer: TestSession, lane: number): Promise<StoredLane> {
  const found = await findLane(authority.context.store.db, payer.account, lane);
  if (!found) throw new Error(`no lane ${lane}`);
  return found;
}
