import { writeHex } from "../../protocol/base/bytes.ts";
import type { WithdrawalTerms } from "../facts/calls.ts";
import { keccakBytesOf, keccakBytesOfDigits, keccakOf, keccakOfDigits } from "../facts/keccak.ts";
import { packRows } from "../facts/packed-rows.ts";
import type { Hex } from "../facts/primitives.ts";
import type { SignedKind, SignedTerms } from "./signed-terms.ts";

const ZEROS = "0".repeat(64);

const TYPE_HASHES: Readonly<Record<SignedKind, string>> = {
  voucher: keccakOf("Voucher(address payer,address payee,uint32 lane,uint96 amount)"),
  statement: keccakOf("Statement(address payer,bytes32 lanesHash)"),
  allotment: keccakOf(
    "Allotment(address payer,address payee,address sessionKey,address payeeKey,uint32 lane,uint96 cap,uint96 pricePerGiB,uint32 credit,bytes20 infoHash,uint40 expiresAt)",
  ),
  receipt: keccakOf("Receipt(address payer,address payee,uint32 lane,uint96 amount,uint40 receivedAt)"),
  release: keccakOf("Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)"),
  authorization: keccakOf("SessionAuthorization(address account,address sessionKey,uint96 limit,uint40 expiresAt)"),
  withdrawal: keccakOf("Withdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)"),
  instantWithdrawal: keccakOf(
    "InstantWithdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)",
  ),
};

/** The members of each type as 32-byte words in hex digits. */
const MEMBERS: { readonly [K in SignedKind]: (terms: SignedTerms[K]) => string } = {
  voucher: ({ payer, payee, lane, amount }) => left(payer) + left(payee) + uint(lane) + uint(amount),
  statement: ({ payer, rows }) => left(payer) + keccakOfDigits(packRows(rows)),
  allotment: (terms) =>
    left(terms.payer) +
    left(terms.payee) +
    left(terms.sessionKey) +
    left(terms.payeeKey) +
    uint(terms.lane) +
    uint(terms.cap) +
    uint(terms.pricePerGiB) +
    uint(terms.credit) +
    right(terms.infoHash) +
    uint(terms.expiresAt),
  receipt: ({ payer, payee, lane, amount, receivedAt }) =>
    left(payer) + left(payee) + uint(lane) + uint(amount) + uint(receivedAt),
  release: ({ account, to, amount, nonce, deadline }) =>
    left(account) + left(to) + uint(amount) + uint(nonce) + uint(deadline),
  authorization: ({ account, sessionKey, limit, expiresAt }) =>
    left(account) + left(sessionKey) + uint(limit) + uint(expiresAt),
  withdrawal: withdrawalMembers,
  instantWithdrawal: withdrawalMembers,
};

function withdrawalMembers({ account, to, amount, deadline, nonce }: WithdrawalTerms): string {
  return left(account) + left(to) + uint(amount) + uint(deadline) + uint(nonce);
}

/** Where the hash of the struct stands. */
const STRUCT_OFFSET = 2 + 32;
/** 0x1901 ‖ domain separator ‖ hash of the struct. Reused: one audit has one domain. */
const signed = { domain: "", bytes: new Uint8Array(STRUCT_OFFSET + 32) };

/** EIP-712: keccak256(0x1901 ‖ domain separator ‖ keccak256(type hash ‖ members)), 32 bytes. */
export function digestOf<K extends SignedKind>(domain: Hex, kind: K, terms: SignedTerms[K]): Uint8Array {
  if (domain !== signed.domain) writeHex(signed.bytes, 0, `1901${domain.slice(2)}`);
  signed.domain = domain;
  signed.bytes.set(keccakBytesOfDigits(TYPE_HASHES[kind] + MEMBERS[kind](terms)), STRUCT_OFFSET);
  return keccakBytesOf(signed.bytes);
}

/** An address fills the low bytes of its word. */
function left(address: Hex): string {
  return `000000000000000000000000${address.slice(2)}`;
}

/** Fixed bytes fill the high bytes of their word. */
function right(bytes: Hex): string {
  return (bytes.slice(2) + ZEROS).slice(0, 64);
}

function uint(value: bigint | number): string {
  return value.toString(16).padStart(64, "0");
}
