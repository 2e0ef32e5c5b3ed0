import { type Static, Type } from "typebox";
import { concatBytes } from "../base/bytes.ts";
import { keccak256 } from "../base/hashes.ts";
import type { Address, InfoHash } from "../base/ids.ts";
import { AddressSchema, PublicKeySchema } from "../base/schemas.ts";
import { AllotmentSchema } from "../signed/allotment-json.ts";
import {
  addressWord,
  bytes20Word,
  type DomainSeparator,
  hashTypedData,
  typeHash,
  uintWord,
} from "../signed/typed-data.ts";

/** Query keys that a Floodgate client adds to its announces (BEP 3 leaves the set open). */
export const ANNOUNCE_KEYS = {
  /** The announce token, as `POST /v1/login` gave it. */
  token: "fg_token",
  /** TCP port of the peer's libp2p listener. */
  port: "fg_port",
  /** Seconds since 1970 at which the request was signed. */
  requestedAt: "fg_at",
  /** Lanes at half of their cap, comma-separated decimal numbers, ascending; absent when none. */
  topUp: "fg_topup",
  /** Session keys of payees, comma-separated, 40 hex digits each, best first; absent when none. */
  met: "fg_met",
  /**
   * 64-byte signature of the AllotmentRequest, 128 hex digits; absent on announces that want no
   * allotments.
   */
  signature: "fg_sig",
} as const;

/**
 * Key of the announce reply: a UTF-8 JSON text of shape AnnounceGrant, the same over HTTP and
 * WebSocket.
 */
export const ANNOUNCE_REPLY_KEY = "floodgate";

/** Most lanes in one `topUp` list. */
export const MAX_TOP_UP = 50;
/** Most payees in one `met` list. */
export const MAX_MET = 24;
/** Most lanes in one reply: the newest. */
export const MAX_GRANTED_LANES = 500;

/**
 * The session key's word that it asks the authority for allotments: a stolen announce token
 * reserves nothing. `bytesLeft` repeats the announce's `left`. Each request of a session and
 * content must be later than the one before.
 */
export interface AllotmentRequest {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly bytesLeft: number;
  /**
   * Lanes for which the payer wants a successor. Naming a lane that already has one reserves
   * nothing anew.
   */
  readonly topUp: readonly number[];
  /**
   * Payees whose wires offer pieces that the payer lacks, and that it has no lane to, best first.
   * The authority serves them before those that the payer may never meet.
   */
  readonly met: readonly Address[];
  /** Seconds since 1970, on the authority's clock. */
  readonly requestedAt: number;
}

export const ALLOTMENT_REQUEST_TYPE =
  "AllotmentRequest(address account,address sessionKey,bytes20 infoHash,uint64 bytesLeft,uint32[] topUp,address[] met,uint40 requestedAt)";
const TYPE_HASH = typeHash(ALLOTMENT_REQUEST_TYPE);

/** 32 bytes: what the session key signs. */
export function hashAllotmentRequest(separator: DomainSeparator, request: AllotmentRequest): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(request.account),
    addressWord(request.sessionKey),
    bytes20Word(request.infoHash),
    uintWord(request.bytesLeft),
    keccak256(concatBytes(...request.topUp.map(uintWord))),
    keccak256(concatBytes(...request.met.map(addressWord))),
    uintWord(request.requestedAt),
  );
}

/** One live lane, with what the payer needs to reach the payee. */
const GrantedLaneSchema = Type.Object(
  {
    allotment: AllotmentSchema,
    /** The payee's session public key: its libp2p identity; hashes to `payeeKey`. */
    payeePublicKey: PublicKeySchema,
    /** The address that the tracker saw the payee announce from. */
    payeeHost: Type.String({ maxLength: 45 }),
    /** The payee's libp2p port. */
    payeePort: Type.Integer({ minimum: 1, maximum: 65535 }),
  },
  { additionalProperties: false },
);

/** Why there are fewer lanes than peers; null when nothing is short. */
export const ShortageSchema = Type.Union([
  Type.Null(),
  Type.Literal("DEPOSIT"),
  Type.Literal("SESSION"),
  Type.Literal("CREDIT"),
  Type.Literal("RATE"),
  Type.Literal("SHARE"),
]);

/** Live lanes to the publisher of the content (docs/protocol.md 4.15); absent: it has no share. */
export const SharesSchema = Type.Optional(Type.Array(AllotmentSchema, { maxItems: MAX_GRANTED_LANES }));

/**
 * What the authority adds to an announce reply: the account's live allotments on this content, and
 * its clock.
 */
export const AnnounceGrantSchema = Type.Object(
  {
    /**
     * Seconds since 1970: the chain's clock as the authority sees it. Peers correct theirs by it.
     */
    now: Type.Integer({ minimum: 0 }),
    account: AddressSchema,
    lanes: Type.Array(GrantedLaneSchema, { maxItems: MAX_GRANTED_LANES }),
    shortage: ShortageSchema,
    shares: SharesSchema,
  },
  { additionalProperties: false },
);
export type AnnounceGrant = Static<typeof AnnounceGrantSchema>;
