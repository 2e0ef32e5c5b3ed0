import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { SignedVoucher } from "../../../protocol/signed/voucher.ts";

/** An allotment of the authority. The store does not check its signature. */
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

export const lane1 = allotmentOf(1);

export const voucher = (amount: bigint, fill = 9): SignedVoucher => {
  const { payer, payee, lane } = lane1;
  return { payer, payee, lane, amount, signature: new Uint8Array(64).fill(fill) };
};
