import type { Static } from "typebox";
import { bytesToHex } from "../base/bytes.ts";
import { parseAddress, parseHexBytes, parseInfoHash } from "../base/ids.ts";
import {
  AddressSchema,
  AmountSchema,
  CompactSignatureSchema,
  InfoHashSchema,
  LaneSchema,
  object,
  TimeSchema,
} from "../base/schemas.ts";
import { SIGNATURE_BYTES } from "../base/secp256k1.ts";
import { parseBaseUnits } from "../base/units.ts";
import type { SignedAllotment } from "./allotment.ts";

/**
 * A signed allotment as it crosses JSON: in the tracker's grant, in stores and in audit bundles.
 */

export const AllotmentSchema = object({
  payer: AddressSchema,
  payee: AddressSchema,
  sessionKey: AddressSchema,
  payeeKey: AddressSchema,
  lane: LaneSchema,
  cap: AmountSchema,
  pricePerGiB: AmountSchema,
  credit: LaneSchema,
  infoHash: InfoHashSchema,
  expiresAt: TimeSchema,
  signature: CompactSignatureSchema,
});
export type AllotmentJson = Static<typeof AllotmentSchema>;

export function allotmentToJson(allotment: SignedAllotment): AllotmentJson {
  return {
    ...allotment,
    cap: allotment.cap.toString(),
    pricePerGiB: allotment.pricePerGiB.toString(),
    signature: bytesToHex(allotment.signature),
  };
}

/** @throws {InputError} when a field is out of range; the schema has checked the shape */
export function allotmentFromJson(json: AllotmentJson): SignedAllotment {
  return {
    payer: parseAddress(json.payer),
    payee: parseAddress(json.payee),
    sessionKey: parseAddress(json.sessionKey),
    payeeKey: parseAddress(json.payeeKey),
    lane: json.lane,
    cap: parseBaseUnits(json.cap),
    pricePerGiB: parseBaseUnits(json.pricePerGiB),
    credit: json.credit,
    infoHash: parseInfoHash(json.infoHash),
    expiresAt: json.expiresAt,
    signature: parseHexBytes(json.signature, SIGNATURE_BYTES),
  };
}
