import type { ClaimableVoucher } from "../../../protocol/contract/calls.ts";
import { claimEvidence } from "../../../protocol/contract/evidence.ts";

export const PAYER = `0x${"aa".repeat(20)}` as const;
export const PAYEE = `0x${"ee".repeat(20)}` as const;
export const SIGNATURE = new Uint8Array(64).fill(7);

/** A voucher of 700 on a lane with cap 1,000 that expires at 2,000. */
export const LANE: ClaimableVoucher = {
  allotment: {
    payer: PAYER,
    payee: PAYEE,
    sessionKey: `0x${"a0".repeat(20)}`,
    payeeKey: `0x${"e0".repeat(20)}`,
    lane: 5,
    cap: 1_000n,
    pricePerGiB: 1n,
    credit: 1,
    infoHash: "ab".repeat(20),
    expiresAt: 2_000,
    signature: SIGNATURE,
  },
  amount: 700n,
  signature: SIGNATURE,
};
export const EVIDENCE = claimEvidence(`0x${"cc".repeat(20)}`);
