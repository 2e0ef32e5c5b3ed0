import { describe, expect, test } from "vitest";
import { judgeVoucher } from "../../../../client/payment/payee/voucher-policy.ts";
import type { PayeeLaneRecord } from "../../../../client/store/records.ts";
import { bytesToHex } from "../../../../protocol/base/bytes.ts";
import { sign } from "../../../../protocol/base/secp256k1.ts";
import { hashDomain } from "../../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../../protocol/signed/voucher.ts";
import { allotment, CLOCK, PRIVATE_KEY, separator } from "../ledger-pair.ts";

describe("judgeVoucher", () => {
  const lane: PayeeLaneRecord = {
    allotment: allotment(5, 16),
    amount: 100n,
    signature: new Uint8Array(64),
    isClosed: false,
    receipt: null,
    isFinal: false,
    pushRefusal: null,
  };
  const { payer, payee } = lane.allotment;
  const digest = hashVoucher(separator, { payer, payee, lane: 5, amount: 200n });
  const good = { amount: 200n, signature: sign(digest, PRIVATE_KEY) };
  const context = { separator, ...CLOCK };
  const judge = (message: typeof good, record = lane, inside = context): unknown => {
    const verdict = judgeVoucher(record, message, inside);
    return verdict.type === "refuse" ? verdict.code : verdict.type;
  };

  test("takes a greater amount, and repeats the stored one otherwise", () => {
    expect(judge(good)).toBe("accept");
    expect(judge({ ...good, amount: 100n })).toBe("repeat");
    expect(judge({ ...good, amount: 0n })).toBe("repeat");
  });

  test("refuses a signature with any bit changed", () => {
    for (let bit = 0; bit < 512; bit++) {
      const signature = Uint8Array.from(good.signature);
      signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(judge({ ...good, signature }), bytesToHex(signature)).toBe("SIGNATURE_INVALID");
    }
  });

  test("refuses a voucher of another lane, payee, payer, chain or contract", () => {
    const other = `0x${"99".repeat(20)}` as const;
    const change = (fields: object): PayeeLaneRecord => ({ ...lane, allotment: { ...lane.allotment, ...fields } });
    for (const fields of [{ lane: 6 }, { payee: other }, { payer: other }, { sessionKey: other }])
      expect(judge(good, change(fields))).toBe("SIGNATURE_INVALID");
    const chain = hashDomain({ chainId: 1, contract: `0x${"c0".repeat(20)}` });
    const contract = hashDomain({ chainId: 31_337, contract: other });
    for (const wrong of [chain, contract])
      expect(judge(good, lane, { ...context, separator: wrong })).toBe("SIGNATURE_INVALID");
  });

  test("refuses above the cap and at the end, but takes a voucher that crossed the closing of the lane", () => {
    const cap = lane.allotment.cap + 1n;
    const signature = sign(hashVoucher(separator, { payer, payee, lane: 5, amount: cap }), PRIVATE_KEY);
    expect(judge({ amount: cap, signature })).toBe("AMOUNT_ABOVE_CAP");
    expect(judge(good, { ...lane, isClosed: true })).toBe("accept");
    expect(judge(good, lane, { ...context, now: 1_999 })).toBe("accept");
    expect(judge(good, lane, { ...context, now: 2_000 })).toBe("LANE_EXPIRED");
  });
});
