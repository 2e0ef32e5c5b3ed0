import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { type AllotmentRequest, ANNOUNCE_KEYS, hashAllotmentRequest } from "../../../protocol/wire/announce.ts";

/**
 * Query fields of an announce that asks the authority for allotments, signed by the session key (32
 * bytes).
 */
export function signAllotmentRequest(
  separator: DomainSeparator,
  request: AllotmentRequest,
  privateKey: Uint8Array,
): Record<string, string> {
  const { requestedAt, topUp, met } = request;
  return {
    [ANNOUNCE_KEYS.requestedAt]: String(requestedAt),
    ...(topUp.length > 0 ? { [ANNOUNCE_KEYS.topUp]: topUp.join(",") } : {}),
    ...(met.length > 0 ? { [ANNOUNCE_KEYS.met]: met.map((key) => key.slice(2)).join(",") } : {}),
    [ANNOUNCE_KEYS.signature]: bytesToHex(sign(hashAllotmentRequest(separator, request), privateKey)).slice(2),
  };
}
