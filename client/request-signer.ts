import { parseAddress } from "../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../protocol/base/secp256k1.ts";
import { DIGEST_HEADER, formatDigest, formatProof, PROOF_HEADER } from "../protocol/http/proof.ts";
import type { Info } from "../protocol/http/public.ts";
import { hashApiRequest } from "../protocol/signed/api-request.ts";
import { type DomainSeparator, hashDomain } from "../protocol/signed/typed-data.ts";
import { createPeerClock, type PeerClock } from "./clock.ts";

/** What a client shows to routes marked `access`. */
export interface ApiSession {
  readonly accessToken: string;
  /** Of the session key, 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** What of a request is signed. */
export interface Signable {
  readonly method: string;
  /** Path and query below the API's address, with a slash in front. */
  readonly target: string;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

interface Known {
  readonly separator: DomainSeparator;
  readonly clock: PeerClock;
}

/**
 * The authority's contract and clock, as its last `info` told them: what proofs of all sessions
 * depend on.
 */
export class RequestSigner {
  #known: Known | null = null;

  get isReady(): boolean {
    return this.#known !== null;
  }

  learn({ chainId, contract, now }: Info): void {
    const separator = hashDomain({ chainId, contract: parseAddress(contract) });
    this.#known = { separator, clock: createPeerClock(now, () => performance.now()) };
  }

  /** Headers that prove the request to be of this session. Call `learn` before. */
  async sign(
    { accessToken, privateKey }: ApiSession,
    { method, target, body }: Signable,
  ): Promise<Record<string, string>> {
    const { separator, clock } = this.#known as Known;
    const contentDigest = body === null ? "" : formatDigest(await sha256Base64(body));
    const signedAt = clock.now();
    const sessionKey = addressOfKey(publicKeyOf(privateKey));
    const digest = hashApiRequest(separator, { sessionKey, method, target, contentDigest, signedAt });
    return {
      authorization: `Bearer ${accessToken}`,
      [PROOF_HEADER]: formatProof({ signedAt, signature: sign(digest, privateKey) }),
      ...(body === null ? {} : { [DIGEST_HEADER]: contentDigest }),
    };
  }
}

/** Off the thread: a .torrent file may have 10 MiB. */
async function sha256Base64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...hash));
}
