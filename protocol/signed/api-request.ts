import { keccak256 } from "../base/hashes.ts";
import type { Address } from "../base/ids.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/**
 * The session key's word that it sends one request to the authority's API, in the manner of RFC
 * 9421 and RFC 9449: a stolen access token alone is of no use.
 */
export interface ApiRequest {
  readonly sessionKey: Address;
  /** "GET" */
  readonly method: string;
  /** Path and query below the API's address: "/v1/torrents?limit=3". */
  readonly target: string;
  /** The header `Content-Digest` (RFC 9530); empty for a request without a body. */
  readonly contentDigest: string;
  /** Seconds since 1970, on the authority's clock. */
  readonly signedAt: number;
}

export const API_REQUEST_TYPE =
  "ApiRequest(address sessionKey,string method,string target,string contentDigest,uint40 signedAt)";
const TYPE_HASH = typeHash(API_REQUEST_TYPE);

/** 32 bytes: what the session key signs. */
export function hashApiRequest(separator: DomainSeparator, request: ApiRequest): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(request.sessionKey),
    stringWord(request.method),
    stringWord(request.target),
    stringWord(request.contentDigest),
    uintWord(request.signedAt),
  );
}

function stringWord(text: string): Uint8Array {
  return keccak256(new TextEncoder().encode(text));
}
