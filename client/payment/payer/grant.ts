import { Value } from "typebox/value";
import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { isShareLane, type SplitPrice } from "../../../protocol/base/publisher-share.ts";
import { addressOfKey, parsePublicKey } from "../../../protocol/base/secp256k1.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../../protocol/signed/allotment-json.ts";
import { type AnnounceGrant, AnnounceGrantSchema } from "../../../protocol/wire/announce.ts";

/** The authority's part of an announce reply, checked against what was asked. */
export interface Grant {
  /** The authority's clock, seconds since 1970. */
  readonly now: number;
  readonly lanes: readonly GrantedLane[];
  /** Lanes that pay the publisher's share. */
  readonly shares: readonly SignedAllotment[];
  readonly shortage: AnnounceGrant["shortage"];
}

export interface GrantedLane {
  readonly allotment: SignedAllotment;
  /** Compressed, 33 bytes. */
  readonly payeePublicKey: Uint8Array;
  /** IP address; "" after `takeGrant`: it may not be dialed. */
  readonly payeeHost: string;
  readonly payeePort: number;
}

/**
 * Leaves out lanes that are not ours, not of this content, dearer than agreed, or inconsistent.
 * @throws {ProtocolError} GRANT_INVALID
 */
export function parseGrant(
  text: string,
  expected: {
    readonly account: Address;
    readonly sessionKey: Address;
    readonly infoHash: InfoHash;
    readonly price: SplitPrice;
  },
): Grant {
  const json = parseJson(text);
  if (!Value.Check(AnnounceGrantSchema, json))
    throw new ProtocolError("GRANT_INVALID", "the tracker's grant is damaged");
  const lanes = usable(json.lanes, (lane): GrantedLane | null => {
    const allotment = allotmentFromJson(lane.allotment);
    const payeePublicKey = hexToBytes(parsePublicKey(lane.payeePublicKey));
    const isOurs =
      isOf(allotment, expected) &&
      allotment.pricePerGiB <= expected.price.seller &&
      addressOfKey(payeePublicKey) === allotment.payeeKey;
    return isOurs ? { allotment, payeePublicKey, payeeHost: lane.payeeHost, payeePort: lane.payeePort } : null;
  });
  const shares = usable(json.shares ?? [], (share) => {
    const allotment = allotmentFromJson(share);
    const isOurs = isOf(allotment, expected) && allotment.pricePerGiB <= expected.price.publisher;
    return isOurs && isShareLane(allotment) ? allotment : null;
  });
  return { now: json.now, lanes, shares, shortage: json.shortage };
}

/** A number or a key may be out of range: that one is unusable, the others may be good. */
function usable<Json, Read>(list: readonly Json[], read: (one: Json) => Read | null): Read[] {
  return list.flatMap((one) => {
    try {
      return read(one) ?? [];
    } catch {
      return [];
    }
  });
}

function isOf(
  { payer, payee, sessionKey, infoHash }: SignedAllotment,
  expected: { readonly account: Address; readonly sessionKey: Address; readonly infoHash: InfoHash },
): boolean {
  const isOurs = payer === expected.account && sessionKey === expected.sessionKey && payee !== expected.account;
  return isOurs && infoHash === expected.infoHash;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses it.
    return null;
  }
}
