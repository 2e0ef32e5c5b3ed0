import type { Hex } from "../base/bytes.ts";
import { sha256Hex } from "../base/hashes.ts";
import type { Address } from "../base/ids.ts";
import type { Allotment } from "../signed/allotment.ts";
import type { Voucher } from "../signed/voucher.ts";
import {
  address,
  amount,
  bytes,
  count,
  hash,
  infoHash,
  lane,
  type Spelling,
  signature,
  spell,
  spellLine,
  time,
} from "./json-line.ts";

/**
 * What the authority shows of a batch, for everybody who checks the books. The format is in
 * docs/protocol.md 9.1.
 */
export interface AuditBundle {
  readonly header: BundleHeader;
  /** Each that the authority issued since the bundle before, in order of issue. */
  readonly allotments: readonly IssuedAllotment[];
  /** The best that the authority holds of each lane of the batch. */
  readonly vouchers: readonly ReceivedVoucher[];
  /** Those that the batch settles. */
  readonly statements: readonly BundledStatement[];
  readonly omitted: readonly OmittedVoucher[];
}

export interface BundleHeader {
  readonly chainId: number;
  readonly contract: Address;
  /** Name of the authority's bundle before; NO_BUNDLE of the first. */
  readonly previous: Hex;
  /**
   * The confirmed block at which the authority decided on the batch, and its time, seconds since
   * 1970.
   */
  readonly block: number;
  readonly time: number;
}

export interface IssuedAllotment extends Allotment {
  /** By the authority's allotter key; 64 bytes, as all signatures here. */
  readonly signature: Hex;
  /**
   * The confirmed block at which the authority read all money when it issued, and its time; 0 when
   * the authority did not yet note it.
   */
  readonly issuedAtBlock: number;
  readonly issuedAt: number;
}

export interface ReceivedVoucher extends Omit<Voucher, "payee"> {
  /** By the session key that the lane's allotment names. */
  readonly signature: Hex;
  /** As in the authority's receipt, seconds since 1970. */
  readonly receivedAt: number;
}

export interface BundledStatement {
  readonly payer: Address;
  readonly sessionKey: Address;
  /** By `sessionKey`. */
  readonly signature: Hex;
  /** Ascending. */
  readonly lanes: readonly number[];
}

/**
 * Why a voucher is not in the batch. WAITING: not yet, by the authority's policy. SETTLING: in
 * another batch under way. CLAIMED: a claim has used up the lane. DUST: too small for a row.
 * SKIPPED: an earlier batch or claim could not pay it; its payee may claim.
 */
export type OmissionReason = "WAITING" | "SETTLING" | "CLAIMED" | "DUST" | "SKIPPED";

export interface OmittedVoucher extends ReceivedVoucher {
  readonly reason: OmissionReason;
}

/** `previous` of the authority's first bundle. */
export const NO_BUNDLE: Hex = `0x${"0".repeat(64)}`;

const VERSION = 1;

const HEADER: Spelling<BundleHeader> = {
  chainId: count,
  contract: address,
  previous: hash,
  block: count,
  time,
};

/** What the authority signed, in a bundle as in a payee's file. */
export const TERMS: Spelling<Allotment> = {
  payer: address,
  payee: address,
  sessionKey: address,
  payeeKey: address,
  lane,
  cap: amount,
  pricePerGiB: amount,
  credit: bytes,
  infoHash,
  expiresAt: time,
};

const ALLOTMENT: Spelling<IssuedAllotment> = {
  ...TERMS,
  signature,
  issuedAtBlock: count,
  issuedAt: time,
};

const VOUCHER: Spelling<ReceivedVoucher> = { payer: address, lane, amount, signature, receivedAt: time };

const STATEMENT: Spelling<BundledStatement> = {
  payer: address,
  sessionKey: address,
  signature,
  lanes: (lanes) => lanes.map(lane),
};

const OMITTED: Spelling<OmittedVoucher> = { ...VOUCHER, reason: (reason) => reason };

/** The lines of the bundle, each with its line feed. @throws {InvariantError} LINE_INVALID */
export function* bundleLines(bundle: AuditBundle): Generator<string> {
  const { header, allotments, vouchers, statements, omitted } = bundle;
  yield `${JSON.stringify({ kind: "bundle", version: VERSION, ...spell(HEADER, header) })}\n`;
  for (const one of allotments) yield spellLine("allotment", ALLOTMENT, one);
  for (const one of vouchers) yield spellLine("voucher", VOUCHER, one);
  for (const one of statements) yield spellLine("statement", STATEMENT, one);
  for (const one of omitted) yield spellLine("omitted", OMITTED, one);
  const [a, v, s, o] = [allotments.length, vouchers.length, statements.length, omitted.length];
  yield `${JSON.stringify({ kind: "end", allotments: a, vouchers: v, statements: s, omitted: o })}\n`;
}

/** What a batch's `bundleHash` says: SHA-256 of the bundle's bytes. */
export function nameBundle(body: Uint8Array): Hex {
  return sha256Hex(body);
}
