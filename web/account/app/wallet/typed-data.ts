import type { Address } from "../../../../protocol/base/ids.ts";

/** EIP-712 structs, as a wallet shows them. The digests are those of protocol/signed. */

export interface ContractDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

export function domainOf(info: { readonly chainId: number; readonly contract: string }): ContractDomain {
  return { name: "Floodgate", version: "1", chainId: info.chainId, verifyingContract: info.contract as Address };
}

const DOMAIN_FIELDS = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
] as const;

const WITHDRAWAL_FIELDS = [
  { name: "account", type: "address" },
  { name: "to", type: "address" },
  { name: "amount", type: "uint96" },
  { name: "deadline", type: "uint40" },
  { name: "nonce", type: "uint256" },
] as const;

const FIELDS = {
  ApiRequest: [
    { name: "sessionKey", type: "address" },
    { name: "method", type: "string" },
    { name: "target", type: "string" },
    { name: "contentDigest", type: "string" },
    { name: "signedAt", type: "uint40" },
  ],
  SessionAuthorization: [
    { name: "account", type: "address" },
    { name: "sessionKey", type: "address" },
    { name: "limit", type: "uint96" },
    { name: "expiresAt", type: "uint40" },
  ],
  /** ERC-2612, in the domain of the token. */
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
  Withdrawal: WITHDRAWAL_FIELDS,
  InstantWithdrawal: WITHDRAWAL_FIELDS,
} as const;

export type StructName = keyof typeof FIELDS;

/** One struct to sign. Numbers are decimal texts, as JSON carries them to a wallet. */
export interface TypedData {
  readonly domain: ContractDomain;
  readonly types: Record<string, readonly { readonly name: string; readonly type: string }[]>;
  readonly primaryType: StructName;
  readonly message: Record<string, string>;
}

export function typedData(domain: ContractDomain, primaryType: StructName, message: Record<string, string>): TypedData {
  return { domain, types: { EIP712Domain: DOMAIN_FIELDS, [primaryType]: FIELDS[primaryType] }, primaryType, message };
}
