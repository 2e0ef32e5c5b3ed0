import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentFromJson, allotmentToJson } from "../../protocol/signed/allotment-json.ts";

/** What lanes of payers and payees have in common in the database. */
export interface LaneRow {
  readonly allotment: string;
  readonly amount: string;
  readonly signature: Uint8Array | null;
}

export function writeAllotment(allotment: SignedAllotment): string {
  return JSON.stringify(allotmentToJson(allotment));
}

export function readAllotment(row: LaneRow): SignedAllotment {
  return allotmentFromJson(JSON.parse(row.allotment));
}

export function readVoucher(row: LaneRow): { amount: Amount; signature: Signature | null } {
  return { amount: BigInt(row.amount), signature: row.signature && new Uint8Array(row.signature) };
}
