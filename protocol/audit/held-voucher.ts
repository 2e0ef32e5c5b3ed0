import { bytesToHex } from "../base/bytes.ts";
import type { Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import type { Allotment, SignedAllotment } from "../signed/allotment.ts";
import { TERMS } from "./bundle.ts";
import { amount, type Spelling, spell, spellLine, signature as spellSignature, time } from "./json-line.ts";

/**
 * A payee's own evidence of one lane, which the audit compares with what the authority did. The
 * format is in docs/protocol.md 9.3.
 */
export interface HeldVoucher {
  readonly allotment: SignedAllotment;
  /** The highest voucher, base units, and its signature by the payer's session key. */
  readonly amount: Amount;
  readonly signature: Signature;
  /** The authority's highest; null when the authority has answered none. */
  readonly receipt: HeldReceipt | null;
}

export interface HeldReceipt {
  readonly amount: Amount;
  readonly receivedAt: number;
  readonly signature: Signature;
}

type Line = Allotment & {
  readonly allotmentSignature: Signature;
  readonly amount: Amount;
  readonly voucherSignature: Signature;
  readonly receipt: HeldReceipt | null;
};

const signature = (value: Signature): string => spellSignature(bytesToHex(value));

const RECEIPT: Spelling<HeldReceipt> = { amount, receivedAt: time, signature };

const HELD: Spelling<Line> = {
  ...TERMS,
  allotmentSignature: signature,
  amount,
  voucherSignature: signature,
  receipt: (receipt) => receipt && spell(RECEIPT, receipt),
};

/** Ends with a line feed. @throws {InvariantError} LINE_INVALID */
export function spellHeldVoucher({ allotment, amount: promised, signature: voucher, receipt }: HeldVoucher): string {
  const { signature: allotmentSignature, ...terms } = allotment;
  return spellLine("held", HELD, {
    ...terms,
    allotmentSignature,
    amount: promised,
    voucherSignature: voucher,
    receipt,
  });
}
