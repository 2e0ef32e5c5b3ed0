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
import type { Batch } from "../../protocol/contract/batch.ts";
import { keyOf, rowsOf } from "../settlement/batch-rows.ts";
import type { StoredLane } from "../store/tables/lanes.ts";
import { reasonOf } from "./omission.ts";

/** What T knows at the moment at which it decides on a batch. */
export interface BundleInput {
  readonly header: BundleHeader;
  /** No bundle has their allotments yet; in order of issue. */
  readonly issued: readonly StoredLane[];
  /** Null: the bundle only holds allotments. */
  readonly batch: Batch | null;
  /** Lanes of the batch, in any order. */
  readonly settling: readonly StoredLane[];
  /** All other lanes with a voucher that nothing has paid in full. */
  readonly unpaid: readonly StoredLane[];
  readonly minRow: Amount;
}

/** The bundle's bytes, which never change, and their name. */
export function buildBundle(input: BundleInput): { readonly name: Hex; readonly body: Uint8Array } {
  const body = new TextEncoder().encode([...bundleLines(describe(input))].join(""));
  return { name: nameBundle(body), body };
}

function describe({ header, issued, batch, settling, unpaid, minRow }: BundleInput): AuditBundle {
  return {
    header,
    allotments: issued.map(toIssued),
    vouchers: batch === null ? [] : inOrderOf(batch, settling).map(toVoucher),
    statements: batch === null ? [] : statementsOf(batch),
    omitted: unpaid.map((lane) => ({ ...toVoucher(lane), reason: reasonOf(lane, minRow) })),
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

function inOrderOf(batch: Batch, lanes: readonly StoredLane[]): StoredLane[] {
  const byKey = new Map(lanes.map((lane) => [keyOf(lane), lane]));
  return rowsOf(batch).map((row) => {
    const lane = byKey.get(keyOf(row));
    invariant(lane !== undefined, "BATCH_LANE", `lane ${row.lane} of ${row.payer} is no lane of its batch`);
    return lane;
  });
}

function statementsOf({ groups }: Batch): BundledStatement[] {
  return groups.flatMap(({ payer, sessionKey, signature, rows }) => {
    if (signature === null) return [];
    return [{ payer, sessionKey, signature: bytesToHex(signature), lanes: rows.map(({ lane }) => lane) }];
  });
}
