import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { recoverSigner, type Signature } from "../../../protocol/base/secp256k1.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { hashAllotment, type SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher, type SignedVoucher } from "../../../protocol/signed/voucher.ts";
import type { RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";

/**
 * Which offers of lanes a payee takes, and which vouchers on them. Cheap checks first, signatures
 * last.
 */

export type VoucherVerdict =
  /** Store it, then acknowledge. */
  | { readonly type: "accept"; readonly voucher: SignedVoucher }
  /** Equal to the stored amount or below it: acknowledge what is stored. */
  | { readonly type: "repeat" }
  /** LANE_EXPIRED is answered with `closed`; the others break the protocol. */
  | { readonly type: "refuse"; readonly code: VoucherRefusal };
export type VoucherRefusal = "LANE_EXPIRED" | "AMOUNT_ABOVE_CAP" | "SIGNATURE_INVALID";

/**
 * Judges a voucher on a lane that was accepted. A voucher that was on its way when the lane closed,
 * or that was signed just before the lane ended, is taken: its payer counts it as paid, and the
 * authority takes it until the lane is settled.
 */
export function judgeVoucher(
  lane: PayeeLaneRecord,
  message: { readonly amount: Amount; readonly signature: Signature },
  context: { readonly separator: DomainSeparator; readonly now: number },
): VoucherVerdict {
  const { payer, payee, lane: number, cap, expiresAt, sessionKey } = lane.allotment;
  if (message.amount <= lane.amount) return { type: "repeat" };
  if (context.now >= expiresAt) return { type: "refuse", code: "LANE_EXPIRED" };
  if (message.amount > cap) return { type: "refuse", code: "AMOUNT_ABOVE_CAP" };
  const voucher = { payer, payee, lane: number, amount: message.amount };
  if (recoverSigner(hashVoucher(context.separator, voucher), message.signature) !== sessionKey)
    return { type: "refuse", code: "SIGNATURE_INVALID" };
  return { type: "accept", voucher: { ...voucher, signature: message.signature } };
}

export interface OfferContext {
  readonly separator: DomainSeparator;
  /** Whether it is a key of the authority's. */
  readonly isAllotter: (key: Address) => boolean;
  /** Of this peer, as payee. */
  readonly account: Address;
  readonly sessionKey: Address;
  /** The key that Noise authenticated. */
  readonly remoteKey: Address;
  /** The lane was accepted before: it serves to pay what is owed, even without a wire. */
  readonly isKnown: boolean;
  /** Of the wire that carries the offer's token; null when there is none. */
  readonly wire: { readonly infoHash: InfoHash; readonly remoteHost: string; readonly isTaken: boolean } | null;
  /** Remote IP of the stream. */
  readonly remoteHost: string;
  readonly priceFloor: Amount;
  /** Chain time, seconds since 1970. */
  readonly now: number;
  readonly acceptMarginSec: number;
  readonly allotmentPeriodSec: number;
  readonly isBanned: boolean;
  /** The session owes something here. */
  readonly isOwing: boolean;
  readonly isClosed: boolean;
}
/** The authority's clock and ours may differ by this much where a lane's end is checked. */
const SKEW_SEC = 60;

/** Refusals that no honest payer gets twice: whoever goes on gets no more answers. */
export const JUNK_REASONS: readonly RefuseReason[] = [
  "SIGNATURE_INVALID",
  "NOT_FOR_ME",
  "WRONG_SESSION_KEY",
  "WRONG_CONTENT",
  "PRICE_TOO_LOW",
  "EXPIRES_TOO_LATE",
];

/** What the offer itself tells, without a look at the store. Why it is refused, or null. */
export function judgeOfferItself(
  allotment: SignedAllotment,
  context: Pick<OfferContext, "account" | "sessionKey" | "remoteKey" | "now" | "allotmentPeriodSec">,
): RefuseReason | null {
  if (allotment.payee !== context.account || allotment.payeeKey !== context.sessionKey) return "NOT_FOR_ME";
  // A lane to oneself earns nothing but the loss of the fee.
  if (allotment.payer === context.account) return "NOT_FOR_ME";
  if (allotment.sessionKey !== context.remoteKey) return "WRONG_SESSION_KEY";
  return allotment.expiresAt > context.now + context.allotmentPeriodSec + SKEW_SEC ? "EXPIRES_TOO_LATE" : null;
}

/** Why an offer is refused, or null. */
export function judgeOffer(allotment: SignedAllotment, context: OfferContext): RefuseReason | null {
  const { wire, now } = context;
  const itself = judgeOfferItself(allotment, context);
  if (itself) return itself;
  // A banned account may still pay what it owes: that lifts the ban.
  const isPaying = context.isKnown || (context.isBanned && context.isOwing);
  if (context.isBanned && !isPaying) return "BANNED";
  if (wire === null ? !isPaying : wire.remoteHost !== context.remoteHost) return "WIRE_UNKNOWN";
  if (wire?.isTaken) return "WIRE_TAKEN";
  if (wire !== null && allotment.infoHash !== wire.infoHash) return "WRONG_CONTENT";
  if (allotment.pricePerGiB < context.priceFloor) return "PRICE_TOO_LOW";
  if (now >= allotment.expiresAt - context.acceptMarginSec) return "EXPIRED";
  if (context.isClosed) return "LANE_CLOSED";
  const signer = recoverSigner(hashAllotment(context.separator, allotment), allotment.signature);
  return signer !== null && context.isAllotter(signer) ? null : "SIGNATURE_INVALID";
}
