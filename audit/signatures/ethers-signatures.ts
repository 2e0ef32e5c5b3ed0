import {
  concat,
  dataLength,
  dataSlice,
  keccak256,
  recoverAddress,
  solidityPackedKeccak256,
  TypedDataEncoder,
  toBigInt,
} from "ethers";
import type { Address, Hex } from "../facts/primitives.ts";
import type { SignatureEngine } from "./signed-terms.ts";

/** SEC 2, secp256k1: half the order; a greater s is not canonical. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const LOW_255_BITS = (1n << 255n) - 1n;

const VOUCHER = new TypedDataEncoder({
  Voucher: [
    { name: "payer", type: "address" },
    { name: "payee", type: "address" },
    { name: "lane", type: "uint32" },
    { name: "amount", type: "uint96" },
  ],
});

const STATEMENT = new TypedDataEncoder({
  Statement: [
    { name: "payer", type: "address" },
    { name: "lanesHash", type: "bytes32" },
  ],
});

const ALLOTMENT = new TypedDataEncoder({
  Allotment: [
    { name: "payer", type: "address" },
    { name: "payee", type: "address" },
    { name: "sessionKey", type: "address" },
    { name: "payeeKey", type: "address" },
    { name: "lane", type: "uint32" },
    { name: "cap", type: "uint96" },
    { name: "pricePerGiB", type: "uint96" },
    { name: "credit", type: "uint32" },
    { name: "infoHash", type: "bytes20" },
    { name: "expiresAt", type: "uint40" },
  ],
});

const SESSION_AUTHORIZATION = new TypedDataEncoder({
  SessionAuthorization: [
    { name: "account", type: "address" },
    { name: "sessionKey", type: "address" },
    { name: "limit", type: "uint96" },
    { name: "expiresAt", type: "uint40" },
  ],
});

const WITHDRAWAL_FIELDS = [
  { name: "account", type: "address" },
  { name: "to", type: "address" },
  { name: "amount", type: "uint96" },
  { name: "deadline", type: "uint40" },
  { name: "nonce", type: "uint256" },
];
const WITHDRAWAL = new TypedDataEncoder({ Withdrawal: WITHDRAWAL_FIELDS });
const INSTANT_WITHDRAWAL = new TypedDataEncoder({ InstantWithdrawal: WITHDRAWAL_FIELDS });

const RECEIPT = new TypedDataEncoder({
  Receipt: [
    { name: "payer", type: "address" },
    { name: "payee", type: "address" },
    { name: "lane", type: "uint32" },
    { name: "amount", type: "uint96" },
    { name: "receivedAt", type: "uint40" },
  ],
});

const RELEASE = new TypedDataEncoder({
  Release: [
    { name: "account", type: "address" },
    { name: "to", type: "address" },
    { name: "amount", type: "uint96" },
    { name: "nonce", type: "uint24" },
    { name: "deadline", type: "uint40" },
  ],
});

/** The second opinion: slow, and it shares no code with the native engine. */
export const ETHERS: SignatureEngine = {
  voucher: compact(VOUCHER),
  statement: (domain, { payer, rows }, signature) => {
    const lanesHash = solidityPackedKeccak256(
      rows.flatMap(() => ["address", "uint32", "uint96"]),
      rows.flatMap(({ payee, lane, amount }) => [payee, lane, amount]),
    );
    return recoverCompact(hashOf(domain, STATEMENT, { payer, lanesHash }), signature);
  },
  allotment: compact(ALLOTMENT),
  receipt: compact(RECEIPT),
  release: compact(RELEASE),
  authorization: (domain, terms, signature) => recoverWallet(hashOf(domain, SESSION_AUTHORIZATION, terms), signature),
  withdrawal: (domain, terms, signature) => recoverWallet(hashOf(domain, WITHDRAWAL, terms), signature),
  instantWithdrawal: (domain, terms, signature) => recoverWallet(hashOf(domain, INSTANT_WITHDRAWAL, terms), signature),
};

function compact(encoder: TypedDataEncoder) {
  return (domain: Hex, terms: object, signature: Hex): Address | null =>
    recoverCompact(hashOf(domain, encoder, terms), signature);
}

/** EIP-712: keccak256(0x1901 ‖ domain separator ‖ struct hash). */
export function hashOf(domain: Hex, encoder: TypedDataEncoder, value: object): Hex {
  return keccak256(concat(["0x1901", domain, encoder.hash({ ...value })]));
}

/** 64 bytes r, vs (EIP-2098). Null: nobody's signature to the contract. */
function recoverCompact(digest: Hex, signature: Hex): Address | null {
  if (dataLength(signature) !== 64) return null;
  const vs = toBigInt(dataSlice(signature, 32, 64));
  return recover(digest, dataSlice(signature, 0, 32), vs & LOW_255_BITS, vs >> 255n === 1n ? 28 : 27);
}

/** 65 bytes r, s, v of an externally owned account. */
export function recoverWallet(digest: Hex, signature: Hex): Address | null {
  if (dataLength(signature) !== 65) return null;
  const v = Number(toBigInt(dataSlice(signature, 64, 65)));
  if (v !== 27 && v !== 28) return null;
  return recover(digest, dataSlice(signature, 0, 32), toBigInt(dataSlice(signature, 32, 64)), v);
}

function recover(digest: Hex, r: Hex, s: bigint, v: 27 | 28): Address | null {
  // Like every library, ethers would recover an address from a high s.
  if (s > HALF_ORDER) return null;
  try {
    return recoverAddress(digest, { r, s: `0x${s.toString(16).padStart(64, "0")}`, v });
  } catch {
    // No point of the curve has this r: nobody's signature.
    return null;
  }
}
