import type {
  AllotmentLine,
  BundleHeader,
  BundleLine,
  EndLine,
  OmittedLine,
  VoucherLine,
} from "../../../audit/bundles/format/bundle-format.ts";
import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import type { CheckName } from "../../../audit/checks.ts";
import type { Allotment } from "../../../protocol/signed/allotment.ts";
import type { Shown } from "../support/bundle-audit.ts";
import type { BundledRun } from "../support/bundled.ts";
import { type DraftBundle, termsOf } from "../support/honest-authority.ts";
import type { Key } from "../support/stage.ts";
import type { Change } from "./lie.ts";

/** What is wrong, how, the check that must find it, and what that must say. */
export type BundleLie = readonly [sentence: string, tell: (run: BundledRun) => Shown, check: CheckName, says: string];

type LineOf<K extends BundleLine["kind"]> = Extract<BundleLine, { kind: K }>;

/** One bundle with other lines; its end counts them again. */
export function withLines(
  index: number,
  change: (lines: readonly BundleLine[], run: BundledRun) => readonly BundleLine[],
): (run: BundledRun) => Shown {
  return (run) => ({ ...run, bundles: run.bundles.map((one, i) => (i === index ? recount(one, change, run) : one)) });
}

function recount(one: DraftBundle, change: Parameters<typeof withLines>[1], run: BundledRun): DraftBundle {
  const lines = change(one.lines, run);
  const count = (kind: BundleLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  const end: EndLine = {
    kind: "end",
    allotments: count("allotment"),
    vouchers: count("voucher"),
    statements: count("statement"),
    omitted: count("omitted"),
  };
  return { ...one, lines: [...lines.slice(0, -1), end] };
}

/** One bundle with one line changed, the first of its kind (and lane, of the payer) ; null drops it. */
export function withLine<K extends "allotment" | "voucher" | "statement" | "omitted" | "bundle">(
  index: number,
  kind: K,
  lane: number | null,
  change: (line: LineOf<K>, run: BundledRun) => BundleLine | readonly BundleLine[] | null,
): (run: BundledRun) => Shown {
  return withLines(index, (lines, run) => {
    const isMeant = (line: BundleLine): boolean =>
      line.kind === kind &&
      (lane === null || ("lane" in line && line.lane === lane && line.payer === run.hands.payer.account));
    const at = lines.findIndex(isMeant);
    if (at === -1) throw new Error(`bundle ${index} has no such ${kind}`);
    const changed = change(lines[at] as LineOf<K>, run) ?? [];
    return [...lines.slice(0, at), ...(Array.isArray(changed) ? changed : [changed]), ...lines.slice(at + 1)];
  });
}

export function withHeader(index: number, change: (header: BundleHeader) => BundleHeader): (run: BundledRun) => Shown {
  return withLine(index, "bundle", null, change);
}

/** T has put a bundle without a batch before this one: what has become many goes into bundles of its own. */
export function withEmptyBundle<S extends Shown>(index: number, shown: S): S {
  const next = shown.bundles[index] as DraftBundle;
  const [head, ...rest] = next.lines as readonly [BundleHeader, ...BundleLine[]];
  const name = `0x${"bb".repeat(32)}` as const;
  const empty: DraftBundle = { name, lines: [head, NO_LINES] };
  const bundles = [
    ...shown.bundles.slice(0, index),
    empty,
    { ...next, lines: [{ ...head, previous: name }, ...rest] },
    ...shown.bundles.slice(index + 1),
  ];
  return { ...shown, bundles };
}

const NO_LINES: EndLine = { kind: "end", allotments: 0, vouchers: 0, statements: 0, omitted: 0 };

/** Another allotment, which T's allotter signed, too. */
export function regranted(
  change: Partial<AllotmentLine>,
  signer: (run: BundledRun) => Key = ({ hands }) => hands.allotter,
): (line: AllotmentLine, run: BundledRun) => AllotmentLine {
  return (line, run) => {
    const other = { ...line, ...change };
    return { ...other, signature: run.hands.grant(termsOf(other) as Allotment, signer(run)) };
  };
}

/** Another voucher of the payer to the payee, signed. */
export function repromised<L extends VoucherLine | OmittedLine>(amount: bigint): (line: L, run: BundledRun) => L {
  return (line, { hands }) => {
    const signature = hands.promise(hands.payer, hands.payee, line.lane, amount);
    return { ...line, amount: String(amount), signature };
  };
}

/** Another history, with the same bundles. */
export const withFacts =
  (change: Change): ((run: BundledRun) => Shown) =>
  (run) => ({ ...run, facts: change(run.facts) });

/** The files that are served are other than their names say. */
export const withBytes =
  (index: number, change: (bytes: Uint8Array) => Uint8Array | null): ((run: BundledRun) => Shown) =>
  (run) => ({
    ...run,
    serve(files) {
      const name = [...files.keys()][index] as string;
      const bytes = change(files.get(name) as Uint8Array);
      if (bytes === null) files.delete(name);
      else files.set(name, bytes);
    },
  });

/** One line of the payee's file, of this lane of the payer. */
export const withHeld =
  (lane: number, change: (line: HeldVoucher, run: BundledRun) => HeldVoucher): ((run: BundledRun) => Shown) =>
  (run) => {
    const isMeant = (line: HeldVoucher): boolean => line.lane === lane && line.payer === run.hands.payer.account;
    if (!run.held.some(isMeant)) throw new Error(`the payee holds nothing on lane ${lane}`);
    return { ...run, held: run.held.map((line) => (isMeant(line) ? change(line, run) : line)) };
  };

/** Several lies that fit each other. */
export const together =
  (...tells: readonly ((run: BundledRun) => Shown)[]): ((run: BundledRun) => Shown) =>
  (run) => {
    let told = run;
    for (const tell of tells) told = { ...told, ...tell(told) };
    return told;
  };
