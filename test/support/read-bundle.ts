import { createHash } from "node:crypto";

export type BundleLine = Readonly<Record<string, unknown>> & { readonly kind: string };

/** A bundle as whoever checks the books reads it. */
export interface ReadBundle {
  readonly name: string;
  readonly header: BundleLine;
  readonly allotments: readonly BundleLine[];
  readonly vouchers: readonly BundleLine[];
  readonly statements: readonly BundleLine[];
  readonly omitted: readonly BundleLine[];
}

/** Splits a bundle's bytes; refuses what is not in order, or not what its end says. */
export function readBundle(body: Uint8Array): ReadBundle {
  const text = Buffer.from(body).toString();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const lines = text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as BundleLine);
  const of = (kind: string): BundleLine[] => lines.filter((line) => line.kind === kind);
  const [header, end] = [lines[0], lines.at(-1)];
  const [allotments, vouchers, statements, omitted] = ["allotment", "voucher", "statement", "omitted"].map(of) as [
    BundleLine[],
    BundleLine[],
    BundleLine[],
    BundleLine[],
  ];
  const inOrder = [header, ...allotments, ...vouchers, ...statements, ...omitted, end];
  if (!header || inOrder.some((line, i) => line !== lines[i])) throw new Error("its sections are not in order");
  const counts = { allotments, vouchers, statements, omitted };
  for (const [section, found] of Object.entries(counts))
    if (end?.[section] !== found.length) throw new Error(`its end counts other ${section}`);
  const name = `0x${createHash("sha256").update(body).digest("hex")}`;
  return { name, header, ...counts };
}
