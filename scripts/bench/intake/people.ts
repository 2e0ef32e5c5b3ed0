import { createHash } from "node:crypto";
import { createAccessToken } from "../../../authority/access-token.ts";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";
import { DIGEST_HEADER, formatDigest, formatProof, PROOF_HEADER } from "../../../protocol/http/proof.ts";
import { hashApiRequest } from "../../../protocol/signed/api-request.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { TOKEN_SECRET } from "../rounds/context.ts";

/** Payers, payees and lanes that the bench's API knows, each by its number. */

/** Where the API listens, and what its clients sign with. */
export interface ApiTarget {
  readonly port: number;
  readonly pid: number;
  readonly separator: DomainSeparator;
  /** Its clock stands still. */
  readonly now: number;
}

const addressOf = (kind: string, number: number): Address => `0x${kind}${number.toString(16).padStart(38, "0")}`;
export const keyOf = (kind: number, number: number): Uint8Array =>
  hexToBytes(`0x${kind.toString(16).padStart(32, "0")}${number.toString(16).padStart(32, "0")}`);

export const payerOf = (number: number): Address => addressOf("aa", number);
export const payeeOf = (number: number): Address => addressOf("bb", number);
/** A payee's lane of each payer has the payee's number. */
export const laneOf = (payee: number): number => payee + 1;
export const sessionKeyOf = (payer: number): Address => addressOfKey(publicKeyOf(keyOf(1, payer)));
export const payeeKeyOf = (payee: number): Address => addressOfKey(publicKeyOf(keyOf(2, payee)));

/** A request, as its sender has signed it. It may be sent any number of times. */
export interface SignedRequest {
  readonly method: "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Vouchers of the first `count` payers to this payee. Without `amount` they are bad. */
export function pushOf(target: ApiTarget, payee: number, count: number, amount: bigint | null): SignedRequest {
  const vouchers = Array.from({ length: count }, (_, number) => {
    const payer = payerOf(number);
    const voucher = { payer, payee: payeeOf(payee), lane: laneOf(payee), amount: amount ?? 1n };
    const signature =
      amount === null
        ? `0x${"11".repeat(64)}`
        : bytesToHex(sign(hashVoucher(target.separator, voucher), keyOf(1, number)));
    return { payer, lane: voucher.lane, amount: voucher.amount.toString(), signature, final: false };
  });
  return signedPush(target, payee, Buffer.from(JSON.stringify({ vouchers })));
}

function signedPush({ separator, now }: ApiTarget, payee: number, body: Buffer): SignedRequest {
  const privateKey = keyOf(2, payee);
  const publicKey = publicKeyOf(privateKey);
  const [account, sessionKey] = [payeeOf(payee), addressOfKey(publicKey)];
  const grant = { account, sessionKey, publicKey: bytesToHex(publicKey), issuedAt: now, expiresAt: now + 3_600 };
  const contentDigest = formatDigest(createHash("sha256").update(body).digest("base64"));
  const [method, path] = ["POST", "/v1/vouchers"] as const;
  const digest = hashApiRequest(separator, { sessionKey, method, target: path, contentDigest, signedAt: now });
  return {
    method,
    path,
    headers: {
      authorization: `Bearer ${createAccessToken(grant, TOKEN_SECRET)}`,
      [PROOF_HEADER]: formatProof({ signedAt: now, signature: sign(digest, privateKey) }),
      [DIGEST_HEADER]: contentDigest,
      "content-type": "application/json",
      "content-length": String(body.length),
    },
    body,
  };
}
