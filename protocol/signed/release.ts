import type { Address } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/** The authority's word that no live lane needs this money: `withdrawNow` pays it at once. */
export interface Release {
  readonly account: Address;
  readonly to: Address;
  /** Base units. */
  readonly amount: Amount;
  /** `releaseNonce` of the account in the contract: each release is used once, in order. */
  readonly nonce: number;
  /** Last second in which the contract takes it; seconds since 1970. */
  readonly deadline: number;
}

export const RELEASE_TYPE = "Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)";
const TYPE_HASH = typeHash(RELEASE_TYPE);

/** 32 bytes: what the authority's current allotter key signs. */
export function hashRelease(separator: DomainSeparator, release: Release): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(release.account),
    addressWord(release.to),
    uintWord(release.amount),
    uintWord(release.nonce),
    uintWord(release.deadline),
  );
}
