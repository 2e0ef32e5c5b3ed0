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
import type { AllotmentTerms, AuthorizationTerms, WithdrawalTerms } from "./calls.ts";
import type { Address, Hex, Rules } from "./facts.ts";

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

const WITHDRAWAL = new TypedDataEncoder({
  Withdrawal: [
    { name: "account", type: "address" },
    { name: "to", type: "address" },
    { name: "amount", type: "uint96" },
    { name: "deadline", type: "uint40" },
    { name: "nonce", type: "uint256" },
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

const RECEIPT = new TypedDataEncoder({
  Receipt: [
    { name: "payer", type: "address" },
    { name: "payee", type: "address" },
    { name: "lane", type: "uint32" },
    { name: "amount", type: "uint96" },
    { name: "receivedAt", type: "uint40" },
  ],
});

export interface VoucherTerms {
  readonly payer: Address;
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
}

export interface ReceiptTerms extends VoucherTerms {
  readonly receivedAt: number;
}

export interface StatementTerms {
  readonly payer: Address;
  readonly rows: readonly Pick<VoucherTerms, "payee" | "lane" | "amount">[];
}

export interface ReleaseTerms {
  readonly account: Address;
  readonly to: Address;
  readonly amount: bigint;
  readonly nonce: number;
  readonly deadline: number;
}

/** EIP-712 domain separator of {Floodgate, 1} for this contract on this chain. */
export function domainSeparatorOf(rules: Pick<Rules, "chainId" | "contract">): Hex {
  return TypedDataEncoder.hashDomain({
    name: "Floodgate",
    version: "1",
    chainId: rules.chainId,
    verifyingContract: rules.contract,
  });
}

export function recoverVoucherSigner(domain: Hex, voucher: VoucherTerms, signature: Hex): Address | null {
  return recoverCompact(digestOf(domain, VOUCHER, voucher), signature);
}

/** Signs payee (20) | lane (4) | amount (12) of all rows at once. */
export function recoverStatementSigner(domain: Hex, { payer, rows }: StatementTerms, signature: Hex): Address | null {
  const lanesHash = solidityPackedKeccak256(
    rows.flatMap(() => ["address", "uint32", "uint96"]),
    rows.flatMap(({ payee, lane, amount }) => [payee, lane, amount]),
  );
  return recoverCompact(digestOf(domain, STATEMENT, { payer, lanesHash }), signature);
}

export function recoverReleaser(domain: Hex, release: ReleaseTerms, signature: Hex): Address | null {
  return recoverCompact(digestOf(domain, RELEASE, release), signature);
}

export function recoverAllotter(domain: Hex, allotment: AllotmentTerms, signature: Hex): Address | null {
  return recoverCompact(digestOf(domain, ALLOTMENT, allotment), signature);
}

export function recoverReceiptSigner(domain: Hex, receipt: ReceiptTerms, signature: Hex): Address | null {
  return recoverCompact(digestOf(domain, RECEIPT, receipt), signature);
}

export function recoverAuthorizer(domain: Hex, authorization: AuthorizationTerms, signature: Hex): Address | null {
  return recoverWallet(digestOf(domain, SESSION_AUTHORIZATION, authorization), signature);
}

export function recoverWithdrawer(domain: Hex, withdrawal: WithdrawalTerms, signature: Hex): Address | null {
  return recoverWallet(digestOf(domain, WITHDRAWAL, withdrawal), signature);
}

/** EIP-712: keccak256(0x1901 ‖ domain separator ‖ struct hash). */
function digestOf(domain: Hex, encoder: TypedDataEncoder, value: object): Hex {
  return keccak256(concat(["0x1901", domain, encoder.hash({ ...value })]));
}

/** 64 bytes r, vs (EIP-2098). Null for anything that the contract takes for nobody's signature. */
function recoverCompact(digest: Hex, signature: Hex): Address | null {
  if (dataLength(signature) !== 64) return null;
  const vs = toBigInt(dataSlice(signature, 32, 64));
  return recover(digest, dataSlice(signature, 0, 32), vs & LOW_255_BITS, vs >> 255n === 1n ? 28 : 27);
}

/** 65 bytes r, s, v of an externally owned account. */
function recoverWallet(digest: Hex, signature: Hex): Address | null {
  if (dataLength(signature) !== 65) return null;
  const v = Number(toBigInt(dataSlice(signature, 64, 65)));
  if (v !== 27 && v !== 28) return null;
  return recover(digest, dataSlice(signature, 0, 32), toBigInt(dataSlice(signature, 32, 64)), v);
}

function recover(digest: Hex, r: Hex, s: bigint, v: 27 | 28): Address | null {
  // ethers, as every library, would recover an address from a high s.
  if (s > HALF_ORDER) return null;
  try {
    return recoverAddress(digest, { r, s: `0x${s.toString(16).padStart(64, "0")}`, v });
  } catch {
    // No point of the curve belongs to this r: nobody's signature.
    return null;
  }
}
