import {
  type AuditBundle,
  type BundledStatement,
  type BundleHeader,
  bundleLines,
  type IssuedAllotment,
  nameBundle,
  type ReceivedVoucher,
} from "../../protocol/audit/bundle.ts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SignedStatement } from "../../protocol/signed/statement.ts";
import type { StoredLane } from "../store/tables/lanes.ts";
import { reasonOf } from "./omission.ts";

/** What the authority knows at the moment at which it decides on a batch. */
export interface BundleInput {
  readonly header: BundleHeader;
  /** Lanes whose allotments no bundle has yet, in order of issue. */
  readonly issued: readonly StoredLane[];
  /** Lanes of the batch in the order of its rows; none in a bundle that holds only allotments. */
  readonly settling: readonly StoredLane[];
  /** Statements of the batch in the order of its groups. */
  readonly statements: readonly SignedStatement[];
  /** Other lanes that changed since a bundle told of them. Nothing has paid them in full. */
  readonly changed: readonly StoredLane[];
  readonly minRow: Amount;
}

/** The bundle's bytes, which never change, and their name. Pure. */
export function buildBundle(input: BundleInput): { readonly name: Hex; readonly body: Uint8Array } {
  const body = new TextEncoder().encode([...bundleLines(describe(input))].join(""));
  return { name: nameBundle(body), body };
}

/** The lanes that a bundle's body tells of, besides those of its batch. */
export function listedIn(body: Uint8Array): { readonly payer: string; readonly lane: number }[] {
  const lines = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString().trimEnd().split("\n");
  return lines.filter((line) => line.startsWith(OMITTED_LINE)).map((line) => JSON.parse(line));
}

const OMITTED_LINE = '{"kind":"omitted"';

function describe({ header, issued, settling, statements, changed, minRow }: BundleInput): AuditBundle {
  return {
    header,
    allotments: issued.map(toIssued),
    vouchers: settling.map(toVoucher),
    statements: statements.map(toBundled),
    omitted: changed.map((lane) => ({ ...toVoucher(lane), reason: reasonOf(lane, minRow) })),
  };
}

function toIssued(lane: StoredLane): IssuedAllotment {
  return { ...lane, cap: BigInt(lane.cap), pricePerGiB: BigInt(lane.pricePerGiB) };
}

function toVoucher(lane: StoredLane): ReceivedVoucher {
  const { payer, amount, voucherSignature, receivedAt } = lane;
  const isSigned = voucherSignature !== null && receivedAt !== null;
  invariant(isSigned, "LANE_UNSIGNED", `lane ${lane.lane} of ${payer} has no voucher`);
  return { payer, lane: lane.lane, amount: BigInt(amount), signature: voucherSignature, receivedAt };
}

function toBundled({ payer, sessionKey, signature, lanes }: SignedStatement): BundledStatement {
  return { payer, sessionKey, signature: bytesToHex(signature), lanes: lanes.map(({ lane }) => lane) };
}
