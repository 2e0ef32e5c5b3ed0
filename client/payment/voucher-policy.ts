import type { SignedAllotment } from "../../protocol/allotment.ts";
import type { Address, InfoHash } from "../../protocol/ids.ts";
import type { RefuseReason } from "../../protocol/messages.ts";
import type { Signature } from "../../protocol/secp256k1.ts";
import type { DomainSeparator } from "../../protocol/typed-data.ts";
import type { Amount } from "../../protocol/units.ts";
import type { SignedVoucher } from "../../protocol/voucher.ts";
import type { PayeeLaneRecord } from "../store/records.ts";

/** What a payee takes: offers of lanes, and vouchers on them. Cheap checks first, signatures last. */

export type VoucherVerdict =
  /** Store it, then acknowledge. */
  | { readonly type: "accept"; readonly voucher: SignedVoucher }
  /** Equal to the stored amount or below it: acknowledge what is stored. */
  | { readonly type: "repeat" }
  /** `closed` is answered with the message of that name; the others break the protocol. */
  | { readonly type: "refuse"; readonly code: VoucherRefusal };
export type VoucherRefusal = "LANE_CLOSED" | "LANE_EXPIRED" | "AMOUNT_ABOVE_CAP" | "SIGNATURE_INVALID";

export declare function judgeVoucher(
  lane: PayeeLaneRecord,
  message: { readonly amount: Amount; readonly signature: Signature },
  context: { readonly separator: DomainSeparator; readonly now: number; readonly acceptMarginSec: number },
): VoucherVerdict;

export interface OfferContext {
  readonly separator: DomainSeparator;
  /** T's current allotter keys. */
  readonly allotters: readonly Address[];
  /** We, as payee. */
  readonly account: Address;
  readonly sessionKey: Address;
  /** The key that Noise authenticated. */
  readonly remoteKey: Address;
  /** Of the wire that carries the offer's token; null when there is none. */
  readonly wire: { readonly infoHash: InfoHash; readonly remoteHost: string; readonly isTaken: boolean } | null;
  /** Remote IP of the stream. */
  readonly remoteHost: string;
  readonly priceFloor: Amount;
  /** Chain time, seconds since 1970. */
  readonly now: number;
  readonly acceptMarginSec: number;
  /** A of the contract. */
  readonly allotmentPeriodSec: number;
  /** Seconds since 1970. */
  readonly bannedUntil: number;
  readonly isClosed: boolean;
}
/** Why an offer is refused, or null. */
export declare function judgeOffer(allotment: SignedAllotment, context: OfferContext): RefuseReason | null;
