import type { Address, InfoHash } from "../base/ids.ts";
import type { Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, bytes20Word, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/**
 * The authority's grant (the 2008 paper's "micropayment token"): this payer may promise this payee,
 * at this device, up to `cap`.
 */
export interface Allotment {
  readonly payer: Address;
  readonly payee: Address;
  /** The payer's session key, which signs the vouchers of this lane. */
  readonly sessionKey: Address;
  /** The payee's session key: the device that may be paid on this lane. */
  readonly payeeKey: Address;
  /** Given out once per payer, ascending. */
  readonly lane: number;
  /** Greatest voucher amount, base units. */
  readonly cap: Amount;
  /** Base units per 2^30 bytes. */
  readonly pricePerGiB: Amount;
  /** Bytes that the payer may owe this payee on this content, over all its lanes. */
  readonly credit: number;
  readonly infoHash: InfoHash;
  /** Seconds since 1970, chain time. */
  readonly expiresAt: number;
}

export interface SignedAllotment extends Allotment {
  /** By the authority's allotter key. */
  readonly signature: Signature;
}

export const ALLOTMENT_TYPE =
  "Allotment(address payer,address payee,address sessionKey,address payeeKey,uint32 lane,uint96 cap,uint96 pricePerGiB,uint32 credit,bytes20 infoHash,uint40 expiresAt)";
const TYPE_HASH = typeHash(ALLOTMENT_TYPE);

/** 32 bytes: what the authority's allotter key signs. */
export function hashAllotment(separator: DomainSeparator, allotment: Allotment): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(allotment.payer),
    addressWord(allotment.payee),
    addressWord(allotment.sessionKey),
    addressWord(allotment.payeeKey),
    uintWord(allotment.lane),
    uintWord(allotment.cap),
    uintWord(allotment.pricePerGiB),
    uintWord(allotment.credit),
    bytes20Word(allotment.infoHash),
    uintWord(allotment.expiresAt),
  );
}
