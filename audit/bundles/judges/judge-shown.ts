import type { AllotmentTerms } from "../../facts/calls.ts";
import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, nameLane } from "../bundle-book.ts";

type Where = Parameters<typeof report>[2];

const TERMS = [
  "payee",
  "sessionKey",
  "payeeKey",
  "cap",
  "pricePerGiB",
  "credit",
  "infoHash",
  "expiresAt",
] as const satisfies readonly (keyof AllotmentTerms)[];

/**
 * Looks up in the bundles an allotment that somebody shows, in a claim or in a payee's file. It was
 * issued before it ended, so a bundle made after its end must hold it.
 */
export function judgeShown(run: Run, book: BundleBook, where: Where, shown: AllotmentTerms, by: string): void {
  const { payer, lane, expiresAt } = shown;
  const published = book.allotments.find(payer, lane);
  const account = asShown(payer);
  if (published === undefined) {
    const later = book.files.firstSince(expiresAt, "any");
    if (!book.isComplete || later === undefined) return;
    const sentence = `the allotment of ${nameLane(shown)} that ${by} shows is in no bundle up to ${later.name}`;
    report(run, "allotment-published", where, sentence, { account });
    return;
  }
  const other = TERMS.find((key) => String(published[key]).toLowerCase() !== String(shown[key]).toLowerCase());
  if (other === undefined) return;
  const sentence = `${nameLane(shown)} was given twice: ${by} shows an allotment with another ${other} than the published one`;
  const details = { account, expected: String(published[other]), actual: String(shown[other]) };
  report(run, "lane-given", where, sentence, details);
}
