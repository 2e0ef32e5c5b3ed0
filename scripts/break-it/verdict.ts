import { type Amount, formatBytes, formatMoney } from "../../protocol/base/units.ts";
import type { VerdictPicture } from "../../web/live/picture.ts";

/** What came of a break-it case: who lost what, beside what docs/losses.md promises. */
export type Verdict = VerdictPicture;
export type Loss = Verdict["losses"][number];

/** Nobody may lose more than is promised, and whatever else had to hold must hold. */
export function verdictOf(losses: readonly Loss[], finding: string | null = null, isFound = true): Verdict {
  return { holds: isFound && losses.every(({ holds }) => holds), losses, finding };
}

/** The same, with the audit's word at its end. `isOk`: nothing may be found here. */
export function withAudit(verdict: Verdict, isOk: boolean, word: string): Verdict {
  const finding = verdict.finding === null ? word : `${verdict.finding} ${word}`;
  return { ...verdict, holds: verdict.holds && isOk, finding };
}

/** Money that someone lost, of the most that they may lose. `promise`: words of docs/losses.md. */
export function lostMoney(who: string, lost: Amount, most: Amount, promise: string): Loss {
  return {
    ...{ who, promise },
    lost: lost <= 0n ? "nothing" : wordOf(lost),
    most: most === 0n ? "nothing" : wordOf(most),
    holds: lost <= most,
  };
}

/** Bytes that someone gave for nothing, of the most that they may. */
export function lostBytes(who: string, lost: number, most: number, promise: string): Loss {
  return {
    ...{ who, promise },
    lost: lost <= 0 ? "nothing" : formatBytes(lost),
    most: most === 0 ? "nothing" : formatBytes(most),
    holds: lost <= most,
  };
}

/** The devnet's token: the demo knows no other. */
const TOKEN = { symbol: "TUSD", decimals: 6 };

export function wordOf(amount: Amount): string {
  return formatMoney(amount, TOKEN);
}
