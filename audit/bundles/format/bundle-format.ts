import type { Address, Hex } from "../../facts/primitives.ts";
import {
  address,
  amount,
  ascending,
  count,
  hash,
  infoHash,
  is,
  type LineForm,
  oneOf,
  signature,
  time,
  uint32,
} from "./json-line.ts";

/**
 * The format of a bundle (docs/protocol.md 9.1), written down a second time. Addresses and hex are
 * in lower case.
 */

export interface BundleHeader {
  readonly kind: "bundle";
  readonly version: 1;
  readonly chainId: number;
  readonly contract: Address;
  /** Name of the bundle before it; 32 zero bytes for the first. */
  readonly previous: Hex;
  /** The newest block that the authority regarded as confirmed, and its time. */
  readonly block: number;
  readonly time: number;
}

/** What an allotter signed, in a bundle or in a payee's file. */
export interface WrittenTerms {
  readonly payer: Address;
  readonly payee: Address;
  readonly sessionKey: Address;
  readonly payeeKey: Address;
  readonly lane: number;
  readonly cap: string;
  readonly pricePerGiB: string;
  readonly credit: number;
  readonly infoHash: string;
  readonly expiresAt: number;
}

export interface AllotmentLine extends WrittenTerms {
  readonly kind: "allotment";
  readonly signature: Hex;
  /** The block at which the authority read all money when it issued this, and that block's time. */
  readonly issuedAtBlock: number;
  readonly issuedAt: number;
}

/** The best voucher that the authority holds of a lane. */
export interface VoucherLine {
  readonly kind: "voucher";
  readonly payer: Address;
  readonly lane: number;
  readonly amount: string;
  readonly signature: Hex;
  /** By the authority's clock. */
  readonly receivedAt: number;
}

export interface StatementLine {
  readonly kind: "statement";
  readonly payer: Address;
  readonly sessionKey: Address;
  readonly signature: Hex;
  readonly lanes: readonly number[];
}

/**
 * Not due yet, in another batch, used up by a claim, too small for a row, or skipped by an earlier
 * batch.
 */
export type OmissionReason = "WAITING" | "SETTLING" | "CLAIMED" | "DUST" | "SKIPPED";

export interface OmittedLine extends Omit<VoucherLine, "kind"> {
  readonly kind: "omitted";
  readonly reason: OmissionReason;
}

export interface EndLine {
  readonly kind: "end";
  readonly allotments: number;
  readonly vouchers: number;
  readonly statements: number;
  readonly omitted: number;
}

export type BundleLine = BundleHeader | AllotmentLine | VoucherLine | StatementLine | OmittedLine | EndLine;

export const TERMS_FORM: LineForm = {
  payer: address,
  payee: address,
  sessionKey: address,
  payeeKey: address,
  lane: uint32,
  cap: amount,
  pricePerGiB: amount,
  credit: uint32,
  infoHash,
  expiresAt: time,
};

const VOUCHER: LineForm = {
  kind: is("voucher"),
  payer: address,
  lane: uint32,
  amount,
  signature,
  receivedAt: time,
};

export const BUNDLE_FORMS: Readonly<Record<BundleLine["kind"], LineForm>> = {
  bundle: {
    kind: is("bundle"),
    version: is(1),
    chainId: count,
    contract: address,
    previous: hash,
    block: count,
    time,
  },
  allotment: {
    kind: is("allotment"),
    ...TERMS_FORM,
    signature,
    issuedAtBlock: count,
    issuedAt: time,
  },
  voucher: VOUCHER,
  statement: {
    kind: is("statement"),
    payer: address,
    sessionKey: address,
    signature,
    lanes: ascending(uint32),
  },
  omitted: {
    ...VOUCHER,
    kind: is("omitted"),
    reason: oneOf("WAITING", "SETTLING", "CLAIMED", "DUST", "SKIPPED"),
  },
  end: { kind: is("end"), allotments: count, vouchers: count, statements: count, omitted: count },
};

/** Sections come in this order. */
export const SECTIONS = ["bundle", "allotment", "voucher", "statement", "omitted", "end"] as const;

export const NO_BUNDLE: Hex = `0x${"0".repeat(64)}`;
