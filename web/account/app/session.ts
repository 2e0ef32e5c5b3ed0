import {
  type Hex,
  hashTypedData,
  serializeCompactSignature,
  sha256,
  signatureToCompactSignature,
  stringToBytes,
} from "viem";
import { generatePrivateKey, privateKeyToAccount, sign } from "viem/accounts";
import type { Address, PublicKey } from "../../../protocol/base/ids.ts";
import { DIGEST_HEADER, PROOF_HEADER } from "./headers.ts";
import { type ContractDomain, typedData } from "./wallet/typed-data.ts";

/**
 * This page's session key. It lives in memory only and is authorized to spend nothing: it shows
 * that requests are this page's. A reload forgets it.
 */
export interface SessionKey {
  readonly address: Address;
  /** Compressed. */
  readonly publicKey: PublicKey;
  /** Headers of a request of this key. `body`: JSON, or null. `at`: the authority's clock. */
  proof(domain: ContractDomain, request: SignedRequest): Promise<Record<string, string>>;
}

interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body: string | null;
  readonly at: number;
}

export function createSessionKey(): SessionKey {
  const privateKey = generatePrivateKey();
  const account = privateKeyToAccount(privateKey);
  const address = account.address.toLowerCase() as Address;
  return {
    address,
    publicKey: compress(account.publicKey),
    async proof(domain, { method, target, body, at }) {
      const contentDigest = body === null ? "" : `sha-256=:${base64(sha256(stringToBytes(body), "bytes"))}:`;
      const message = { sessionKey: address, method, target, contentDigest, signedAt: String(at) };
      const hash = hashTypedData(
        typedData(domain, "ApiRequest", message) as unknown as Parameters<typeof hashTypedData>[0],
      );
      return {
        [PROOF_HEADER]: `${at}:${serializeCompactSignature(signatureToCompactSignature(await sign({ hash, privateKey }))).slice(2)}`,
        ...(body === null ? {} : { [DIGEST_HEADER]: contentDigest }),
      };
    },
  };
}

/** SEC 1, 2.3.3: the x coordinate, and whether y is odd. */
function compress(publicKey: Hex): PublicKey {
  const isOdd = (Number.parseInt(publicKey.slice(-1), 16) & 1) === 1;
  return `0x${isOdd ? "03" : "02"}${publicKey.slice(4, 68)}`;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
