import type { CheckName } from "../../../audit/checks.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { createPapers, type Papers } from "../play/papers.ts";
import { allotterKey, type Key, sessionKey } from "../play/people.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { groupOf, paidRows, rowOf } from "./batch-edit.ts";
import { type Line, linesOf, namesOf, withLines } from "./bundle-edit.ts";
import { eventsOf } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

/** More than any party has in a play. */
const MAX_SESSIONS = 50;

export interface AllotmentLine extends Line {
  readonly payer: Address;
  readonly payee: Address;
  readonly sessionKey: Address;
  readonly payeeKey: Address;
  readonly lane: number;
  readonly cap: string;
  readonly pricePerGiB: string;
  readonly credit: number;
  readonly infoHash: string;
  readonly expiresAt: number;
}

export interface PublishedLine extends AllotmentLine {
  readonly signature: string;
  readonly issuedAtBlock: number;
  readonly issuedAt: number;
}

export interface VoucherLine extends Line {
  readonly payer: Address;
  readonly lane: number;
  readonly amount: string;
  readonly receivedAt: number;
}

export interface HeadLine extends Line {
  readonly block: number;
  readonly time: number;
}

/** A line, the bundle that it stands in, and where. */
export interface LinePlace<L extends Line = Line> {
  readonly bundle: number;
  readonly at: number;
  readonly line: L;
}

export function linesOfKind<L extends Line>(recording: Recording, ...kinds: readonly string[]): LinePlace<L>[] {
  return [...recording.bundles.values()].flatMap((bytes, bundle) =>
    linesOf(bytes).flatMap((line, at) => (kinds.includes(line.kind) ? { bundle, at, line: line as L } : [])),
  );
}

/** Other lines instead of the one at this place. */
export function withLine(recording: Recording, { bundle, at }: LinePlace, lines: readonly Line[]): Recording {
  return withLines(recording, bundle, (all) => all.toSpliced(at, 1, ...lines));
}

/** Other lines instead of one of this kind. Null: that would be no lie. */
export function ofLine<L extends Line>(
  name: string,
  kind: string,
  check: CheckName,
  change: (place: LinePlace<L>, random: Random, recording: Recording) => readonly Line[] | null,
  says?: string,
): Kind {
  return about<LinePlace<L>>(
    name,
    check,
    (recording) => linesOfKind<L>(recording, kind),
    (recording, place, random) => {
      const lines = change(place, random, recording);
      return lines && withLine(recording, place, lines);
    },
    says,
  );
}

export function papersOf({ rules }: Recording): Papers {
  return createPapers(rules.contract.toLowerCase() as Address);
}

/** The first line of a bundle. */
export function headOf(recording: Recording, bundle: number): HeadLine {
  return linesOfKind<HeadLine>(recording, "bundle")[bundle]?.line as HeadLine;
}

/** An allotter signs these terms: the right one, or another. */
export function signAllotment(recording: Recording, line: AllotmentLine, allotter: Key): string {
  const { cap, pricePerGiB } = line;
  const terms = { ...line, cap: BigInt(cap), pricePerGiB: BigInt(pricePerGiB) };
  return papersOf(recording).allotment(terms, allotter);
}

export function resigned(recording: Recording, line: PublishedLine, change: Partial<AllotmentLine>): PublishedLine {
  const next = { ...line, ...change };
  const signature = signAllotment(recording, next, allotterAt(recording, line.issuedAtBlock));
  return { ...next, signature };
}

/** The allotter at the end of this block. */
function allotterAt(recording: Recording, block: number): Key {
  const set = eventsOf(recording, "AllotterSet").filter(({ facts }) => facts.block <= block);
  return allotterKey(new Set(set.map(({ item }) => item.allotter)).size);
}

/** The payer's session key of this lane signs a voucher. */
export function signVoucherOf(recording: Recording, line: AllotmentLine, amount: bigint): string {
  const { payer, payee, lane } = line;
  for (let number = 1; number <= MAX_SESSIONS; number++) {
    const key = sessionKey(payer, number);
    if (key.address !== line.sessionKey) continue;
    return papersOf(recording).voucher({ payer, payee, lane, amount }, key);
  }
  throw new Error(`no session of ${payer} has the key ${line.sessionKey}`);
}

export function allotmentOf(recording: Recording, { payer, lane }: VoucherLine): PublishedLine {
  const places = linesOfKind<PublishedLine>(recording, "allotment");
  const found = places.find(({ line }) => line.payer === payer && line.lane === lane);
  if (!found) throw new Error(`lane ${lane} of ${payer} is in no bundle`);
  return found.line;
}

/** What a batch has paid on a lane, and when. Null: none has. */
export function settlementOf(recording: Recording, { payer, lane }: Pick<VoucherLine, "payer" | "lane">) {
  const row = paidRows(recording).find((paid) => groupOf(paid).payer === payer && rowOf(paid).lane === lane);
  return row ? { amount: rowOf(row).amount, time: row.place.facts.time } : null;
}

export function isClaimed(recording: Recording, { payer, lane }: Pick<VoucherLine, "payer" | "lane">): boolean {
  return eventsOf(recording, "Claimed").some(({ item }) => item.payer.toLowerCase() === payer && item.lane === lane);
}

/** The batch that names this bundle. Null: its transaction failed. */
export function batchOf(recording: Recording, bundle: number) {
  const name = namesOf(recording)[bundle];
  return eventsOf(recording, "Settled").find(({ item }) => item.bundleHash === name) ?? null;
}
