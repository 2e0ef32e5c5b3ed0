import type { CheckName } from "../../../audit/checks.ts";
import { toJsonLines } from "../play/bundle.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { type Line, linesOf } from "./bundle-edit.ts";
import type { AllotmentLine } from "./bundle-places.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

export interface Receipt {
  readonly amount: string;
  readonly receivedAt: number;
  readonly signature: string;
}

export interface HeldLine extends AllotmentLine {
  readonly allotmentSignature: string;
  readonly amount: string;
  readonly voucherSignature: string;
  readonly receipt: Receipt | null;
}

/** Other lines instead of one of what payees hold. Null: that would be no lie. */
export function ofHeld(
  name: string,
  check: CheckName,
  change: (line: HeldLine, random: Random, recording: Recording) => readonly Line[] | null,
  says?: string,
): Kind {
  return about<HeldLine>(
    name,
    check,
    ({ vouchers }) => linesOf(vouchers) as HeldLine[],
    (recording, line, random) => {
      const lines = change(line, random, recording);
      if (lines === null) return null;
      const isThis = (one: HeldLine): boolean => one.payer === line.payer && one.lane === line.lane;
      const all = linesOf(recording.vouchers) as HeldLine[];
      return { ...recording, vouchers: toJsonLines(all.flatMap((one) => (isThis(one) ? lines : [one]))) };
    },
    says,
  );
}
