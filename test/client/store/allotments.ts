import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";

/** One of T's allotments; its signature is not looked at by the store. */
export function allotmentOf(lane: number): SignedAllotment {
  return {
    payer: `0x${"aa".repeat(20)}`,
    payee: `0x${"ee".repeat(20)}`,
    sessionKey: `0x${"a0".repeat(20)}`,
    payeeKey: `0x${"e0".repeat(20)}`,
    lane,
    cap: 2n ** 95n,
    pricePerGiB: 1_000_000n,
    credit: 1 << 20,
    infoHash: "ab".repeat(20),
    expiresAt: 2_000 + lane,
    signature: new Uint8Array(64).fill(7),
  };
}
