import { writeHex, writeUint } from "../../protocol/base/bytes.ts";
import type { WithdrawalTerms } from "../facts/calls.ts";
import { keccakBytesOf, keccakOf } from "../facts/keccak.ts";
import { packRows } from "../facts/packed-rows.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { SignedKind, SignedTerms } from "./signed-terms.ts";

const WORD = 32;

/** A type of EIP-712. Its bytes are used again for each struct: a history has many of one type. */
interface Struct<Terms> {
  /** The hash of the type, then a word for each member. */
  readonly bytes: Uint8Array;
  readonly fill: (bytes: Uint8Array, terms: Terms) => void;
}

const STRUCTS: { readonly [K in SignedKind]: Struct<SignedTerms[K]> } = {
  voucher: struct(
    "Voucher(address payer,address payee,uint32 lane,uint96 amount)",
    (bytes, { payer, payee, lane, amount }) => {
      address(bytes, 1, payer);
      address(bytes, 2, payee);
      uint(bytes, 3, lane);
      uint(bytes, 4, amount);
    },
  ),
  statement: struct("Statement(address payer,bytes32 lanesHash)", (bytes, { payer, rows }) => {
    address(bytes, 1, payer);
    bytes.set(keccakBytesOf(packRows(rows)), 2 * WORD);
  }),
  allotment: struct(
    "Allotment(address payer,address payee,address sessionKey,address payeeKey,uint32 lane,uint96 cap,uint96 pricePerGiB,uint32 credit,bytes20 infoHash,uint40 expiresAt)",
    (bytes, terms) => {
      address(bytes, 1, terms.payer);
      address(bytes, 2, terms.payee);
      address(bytes, 3, terms.sessionKey);
      address(bytes, 4, terms.payeeKey);
      uint(bytes, 5, terms.lane);
      uint(bytes, 6, terms.cap);
      uint(bytes, 7, terms.pricePerGiB);
      uint(bytes, 8, terms.credit);
      bytes20(bytes, 9, terms.infoHash);
      uint(bytes, 10, terms.expiresAt);
    },
  ),
  receipt: struct(
    "Receipt(address payer,address payee,uint32 lane,uint96 amount,uint40 receivedAt)",
    (bytes, { payer, payee, lane, amount, receivedAt }) => {
      address(bytes, 1, payer);
      address(bytes, 2, payee);
      uint(bytes, 3, lane);
      uint(bytes, 4, amount);
      uint(bytes, 5, receivedAt);
    },
  ),
  release: struct(
    "Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)",
    (bytes, { account, to, amount, nonce, deadline }) => {
      address(bytes, 1, account);
      address(bytes, 2, to);
      uint(bytes, 3, amount);
      uint(bytes, 4, nonce);
      uint(bytes, 5, deadline);
    },
  ),
  authorization: struct(
    "SessionAuthorization(address account,address sessionKey,uint96 limit,uint40 expiresAt)",
    (bytes, { account, sessionKey, limit, expiresAt }) => {
      address(bytes, 1, account);
      address(bytes, 2, sessionKey);
      uint(bytes, 3, limit);
      uint(bytes, 4, expiresAt);
    },
  ),
  withdrawal: struct(
    "Withdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)",
    fillWithdrawal,
  ),
  instantWithdrawal: struct(
    "InstantWithdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)",
    fillWithdrawal,
  ),
};

function fillWithdrawal(bytes: Uint8Array, { account, to, amount, deadline, nonce }: WithdrawalTerms): void {
  address(bytes, 1, account);
  address(bytes, 2, to);
  uint(bytes, 3, amount);
  uint(bytes, 4, deadline);
  uint(bytes, 5, nonce);
}

/** Where the hash of the struct stands. */
const STRUCT_OFFSET = 2 + WORD;
/** 0x1901 ‖ domain separator ‖ hash of the struct. Used again: one audit has one domain. */
const signed = { domain: "", bytes: new Uint8Array(STRUCT_OFFSET + WORD) };

/** EIP-712: keccak256(0x1901 ‖ domain separator ‖ keccak256(type hash ‖ members)), 32 bytes. */
export function digestOf<K extends SignedKind>(domain: Hex, kind: K, terms: SignedTerms[K]): Uint8Array {
  if (domain !== signed.domain) writeHex(signed.bytes, 0, `1901${domain.slice(2)}`);
  signed.domain = domain;
  const { bytes, fill } = STRUCTS[kind];
  fill(bytes, terms);
  signed.bytes.set(keccakBytesOf(bytes), STRUCT_OFFSET);
  return keccakBytesOf(signed.bytes);
}

function struct<Terms>(type: string, fill: Struct<Terms>["fill"]): Struct<Terms> {
  const bytes = new Uint8Array((1 + type.split(",").length) * WORD);
  writeHex(bytes, 0, keccakOf(type));
  return { bytes, fill };
}

/** An address fills the low bytes of its word; the others are never written. */
function address(bytes: Uint8Array, member: number, value: Address): void {
  writeHex(bytes, member * WORD + 12, value);
}

/** Fixed bytes fill the high bytes of their word. */
function bytes20(bytes: Uint8Array, member: number, value: Hex): void {
  writeHex(bytes, member * WORD, value);
}

function uint(bytes: Uint8Array, member: number, value: bigint | number): void {
  writeUint(bytes, member * WORD, WORD, value);
}
