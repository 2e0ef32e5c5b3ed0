import { problem } from "../../../authority/http/problems.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { toJson } from "./layout.ts";
import { ALICE, AMOUNT, BOB, keyOf, RECEIVED_AT, SEPARATOR, voucherOf } from "./people.ts";

/** Alice pushes Bob's voucher; Bob asks for more than is free. */
export function httpExamples(): Record<string, string> {
  const receipt = { payer: BOB, payee: ALICE, lane: 7, amount: AMOUNT, receivedAt: RECEIVED_AT };
  const receiptSignature = sign(hashReceipt(SEPARATOR, receipt), keyOf("allotter"));
  const { signature } = voucherOf(7, AMOUNT);
  const pushed = { payer: BOB, lane: 7, amount: AMOUNT, signature: bytesToHex(signature), final: false };
  const { payee: _, ...result } = receipt;
  return {
    push: toJson({ vouchers: [pushed] }),
    "push-reply": toJson({ results: [{ ...result, signature: bytesToHex(receiptSignature) }], close: [], restores: 0 }),
    problem: toJson(problem("BALANCE_TOO_LOW", "the account has 4100 base units, not 5000")),
  };
}
