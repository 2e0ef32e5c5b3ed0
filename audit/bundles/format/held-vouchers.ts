import { createReadStream } from "node:fs";
import { InputError } from "../../../protocol/base/errors.ts";
import type { Hex } from "../../facts/primitives.ts";
import { TERMS_FORM, type WrittenTerms } from "./bundle-format.ts";
import { amount, is, type LineForm, orNull, printable, readLine, signature, time } from "./json-line.ts";
import { FileFault, type LineLimits, textLines } from "./text-lines.ts";

/** What a payee holds of a lane: a line that `floodgate vouchers export` writes. */
export interface HeldVoucher extends WrittenTerms {
  readonly kind: "held";
  readonly allotmentSignature: Hex;
  readonly amount: string;
  readonly voucherSignature: Hex;
  /** The authority's answer to the highest voucher that it took in. Null: there was none. */
  readonly receipt: { readonly amount: string; readonly receivedAt: number; readonly signature: Hex } | null;
}

/** The files stay in memory while the audit runs. */
const HELD_LIMITS: LineLimits = { file: 64 * 2 ** 20, line: 4 * 2 ** 10 };

const HELD_FORM: LineForm = {
  kind: is("held"),
  ...TERMS_FORM,
  allotmentSignature: signature,
  amount,
  voucherSignature: signature,
  receipt: orNull({ amount, receivedAt: time, signature }),
};

/** @throws {InputError} VOUCHERS_INVALID, FILE_UNREADABLE */
export async function readHeldVouchers(path: string): Promise<HeldVoucher[]> {
  const held: HeldVoucher[] = [];
  try {
    for await (const text of textLines(createReadStream(path), HELD_LIMITS)) {
      const line = readLine<HeldVoucher>(text, { held: HELD_FORM });
      if (typeof line === "string") throw new FileFault(`has a line ${held.length + 1} that ${line}`);
      held.push(line);
    }
  } catch (cause) {
    if (cause instanceof FileFault)
      throw new InputError("VOUCHERS_INVALID", `${printable(path)} ${cause.message}: export the vouchers again`);
    throw new InputError(
      "FILE_UNREADABLE",
      `cannot read ${printable(path)}: check that it is a file that you may read`,
      {
        cause,
      },
    );
  }
  return held;
}
