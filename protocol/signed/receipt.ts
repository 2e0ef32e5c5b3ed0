import type { Address } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/**
 * The authority's answer to each voucher that it stored: evidence for the payee and the auditor,
 * never a condition of payment.
 */
export interface Receipt {
  readonly payer: Address;
  readonly payee: Address;
  readonly lane: number;
  /** Highest amount that the authority holds on the lane, base units. */
  readonly amount: Amount;
  /** Seconds since 1970, the authority's clock. */
  readonly receivedAt: number;
}

export const RECEIPT_TYPE = "Receipt(address payer,address payee,uint32 lane,uint96 amount,uint40 receivedAt)";
const TYPE_HASH = typeHash(RECEIPT_TYPE);

/** 32 bytes: what the authority's allotter key signs. */
export function hashReceipt(separator: DomainSeparator, receipt: Receipt): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(receipt.payer),
    addressWord(receipt.payee),
    uintWord(receipt.lane),
    uintWord(receipt.amount),
    uintWord(receipt.receivedAt),
  );
}
