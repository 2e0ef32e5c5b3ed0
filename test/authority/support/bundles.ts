import { createHash } from "node:crypto";
import { decodeSettle } from "../../../authority/contract-calls.ts";
import { findBundleSize, listBundles, readBundleBytes } from "../../../authority/store/bundles.ts";
import type { Db } from "../../../authority/store/database.ts";
import { type Batch, decodeBatch } from "../../../protocol/batch.ts";
import { type Hex, hexToBytes } from "../../../protocol/bytes.ts";
import type { TestAuthority } from "./context.ts";

type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

/** A bundle as whoever checks the books reads it. */
export interface ReadBundle {
  readonly name: string;
  readonly header: Line;
  readonly allotments: readonly Line[];
  readonly vouchers: readonly Line[];
  readonly statements: readonly Line[];
  readonly omitted: readonly Line[];
}

/** Splits a bundle's bytes; refuses what is not in order, or not what its end says. */
export function readBundle(body: Uint8Array): ReadBundle {
  const text = Buffer.from(body).toString();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const lines = text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const of = (kind: string): Line[] => lines.filter((line) => line.kind === kind);
  const [header, end] = [lines[0], lines.at(-1)];
  const [allotments, vouchers, statements, omitted] = ["allotment", "voucher", "statement", "omitted"].map(of) as [
    Line[],
    Line[],
    Line[],
    Line[],
  ];
  const inOrder = [header, ...allotments, ...vouchers, ...statements, ...omitted, end];
  if (!header || inOrder.some((line, i) => line !== lines[i])) throw new Error("its sections are not in order");
  const counts = { allotments, vouchers, statements, omitted };
  for (const [section, found] of Object.entries(counts))
    if (end?.[section] !== found.length) throw new Error(`its end counts other ${section}`);
  const name = `0x${createHash("sha256").update(body).digest("hex")}`;
  return { name, header, ...counts };
}

/** All bundles of T's store, oldest first. */
export async function storedBundles(db: Db): Promise<ReadBundle[]> {
  const listed = await listBundles(db, Number.MAX_SAFE_INTEGER, 1_000);
  const bundles: ReadBundle[] = [];
  for (const { name } of listed.toReversed()) {
    const size = (await findBundleSize(db, name)) as number;
    const bundle = readBundle(await readBundleBytes(db, name, { start: 0, end: size - 1 }));
    if (bundle.name !== name) throw new Error("a bundle is not what its name says");
    bundles.push(bundle);
  }
  return bundles;
}

/** The batches that T has decided to send, oldest first. */
export async function decidedBatches({ context }: TestAuthority): Promise<Batch[]> {
  const rows = await context.store.db
    .selectFrom("transactions")
    .select("data")
    .where("kind", "=", "settle")
    .orderBy("id")
    .execute();
  return rows.map(({ data }) => decodeBatch(hexToBytes(decodeSettle(data as Hex))));
}

/** Payer-independent: lane numbers of some lines. */
export function lanesIn(lines: readonly Line[]): unknown[] {
  return lines.map(({ lane }) => lane);
}
