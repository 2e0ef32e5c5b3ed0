import { readUint, writeUint } from "../../../protocol/base/bytes.ts";
import { type Signature, sign } from "../../../protocol/base/secp256k1.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashRelease } from "../../../protocol/signed/release.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";
import { hashWithdrawal } from "../../../protocol/signed/withdrawal.ts";
import type { Random } from "./random.ts";

/** What a thief could make of a voucher: a signature that its session key has not given for it. */
export type Mutation = (context: {
  readonly random: Random;
  readonly voucher: Voucher;
  readonly separator: DomainSeparator;
  readonly secret: Uint8Array;
  /** The good one; the mutation may change this copy. */
  readonly signature: Signature;
}) => Signature;

/** Order of secp256k1 (SEC 2). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF_ORDER = ORDER >> 1n;
const TOP_BIT = 1n << 255n;

export const MUTATIONS: Record<string, Mutation> = {
  "one bit flipped": ({ random, signature }) => flip(signature, random.below(512)),

  "one to eight bits flipped": ({ random, signature }) => {
    const bits = new Set(Array.from({ length: 1 + random.below(8) }, () => random.below(512)));
    return [...bits].reduce(flip, signature);
  },

  "the other parity": ({ signature }) => flip(signature, 256),

  // Its s has the top bit set nearly always, where EIP-2098 keeps the parity: all three ways to
  // write it down.
  "the twin with high s": ({ random, signature }) => {
    const twin = ORDER - sOf(signature);
    return withVs(
      signature,
      random.pick([twin, twin & (TOP_BIT - 1n), (twin | TOP_BIT) ^ (parityOf(signature) << 255n)]),
    );
  },

  "another s above n/2": ({ random, signature }) =>
    withVs(
      signature,
      (HALF_ORDER + 1n + (random.uint(15) % (TOP_BIT - HALF_ORDER - 1n))) | (parityOf(signature) << 255n),
    ),

  "r or s of zero": ({ random, signature }) => {
    const which = random.below(3);
    if (which !== 0) signature.fill(0, 0, 32);
    return which === 1 ? signature : withVs(signature, parityOf(signature) << 255n);
  },

  "r at or above n": ({ random, signature }) => {
    writeUint(signature, 0, 32, ORDER + (random.uint(16) % (2n ** 256n - ORDER)));
    return signature;
  },

  noise: ({ random }) => random.bytes(64),

  "another key": ({ random, separator, voucher }) => sign(hashVoucher(separator, voucher), random.bytes(32)),

  "another chain or contract": ({ random, voucher, secret }) => {
    const contract = random.address();
    return sign(hashVoucher(hashDomain({ chainId: random.pick([1, 31_337, 31_338]), contract }), voucher), secret);
  },

  "another voucher": ({ random, voucher, separator, secret }) => {
    const other = random.pick<Voucher>([
      { ...voucher, amount: voucher.amount + 1n },
      { ...voucher, amount: voucher.amount - 1n },
      { ...voucher, lane: voucher.lane + 1 },
      { ...voucher, payee: random.address() },
      { ...voucher, payer: random.address() },
      { ...voucher, payer: voucher.payee, payee: voucher.payer },
    ]);
    return sign(hashVoucher(separator, other), secret);
  },

  "another kind": ({ random, voucher, separator, secret }) => {
    const { payer, payee, lane, amount } = voucher;
    const release = { account: payer, to: payee, amount, nonce: 0, deadline: lane };
    const allotment = {
      ...{ payer, payee, lane, sessionKey: payer, payeeKey: payee, cap: amount },
      ...{ pricePerGiB: 1n, credit: 1, infoHash: "00".repeat(20), expiresAt: 2_000_000_000 },
    };
    const digests = [
      () => hashStatement(separator, { payer, lanes: [{ payee, lane, amount }] }),
      () => hashReceipt(separator, { payer, payee, lane, amount, receivedAt: 0 }),
      () => hashRelease(separator, release),
      () => hashWithdrawal(separator, { ...release, nonce: 0n }),
      () => hashAllotment(separator, allotment),
    ] as const;
    return sign(random.pick(digests)(), secret);
  },
};

function flip(signature: Signature, bit: number): Signature {
  signature[bit >> 3] = (signature[bit >> 3] as number) ^ (0x80 >> (bit & 7));
  return signature;
}

function parityOf(signature: Signature): bigint {
  return BigInt((signature[32] as number) >> 7);
}

function sOf(signature: Signature): bigint {
  return readUint(signature, 32, 32) & (TOP_BIT - 1n);
}

function withVs(signature: Signature, vs: bigint): Signature {
  writeUint(signature, 32, 32, vs);
  return signature;
}
