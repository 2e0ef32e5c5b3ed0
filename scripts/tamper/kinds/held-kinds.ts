import type { Hex } from "../../../protocol/base/bytes.ts";
import { allotterKey, type Key, keyOf } from "../play/people.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { paidRows, rowOf } from "./batch-edit.ts";
import { linesOf, withEmptyBundle } from "./bundle-edit.ts";
import {
  type AllotmentLine,
  headOf,
  isClaimed,
  linesOfKind,
  papersOf,
  settlementOf,
  signAllotment,
  signVoucherOf,
  type VoucherLine,
  withLine,
} from "./bundle-places.ts";
import { eventsOf, flipBit } from "./edit.ts";
import { type HeldLine, ofHeld, type Receipt } from "./held-edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

/** How far the authority's view may be behind, seconds: the audit allows no more. */
const LAG = 30;

function ofReceipt(
  name: string,
  change: (receipt: Receipt, random: Random, line: HeldLine, recording: Recording) => Receipt | null,
  says: string,
): Kind {
  return ofHeld(
    name,
    "held-papers",
    (line, random, recording) => {
      const receipt = line.receipt && change(line.receipt, random, line, recording);
      return receipt && [{ ...line, receipt }];
    },
    says,
  );
}

function signReceipt(recording: Recording, line: HeldLine, amount: bigint, receivedAt: number, key: Key): Receipt {
  const { payer, payee, lane } = line;
  const signature = papersOf(recording).receipt({ payer, payee, lane, amount, receivedAt }, key);
  return { amount: String(amount), receivedAt, signature: signature as Hex };
}

/** The same receipt, by another key. */
function resign(recording: Recording, line: HeldLine, { amount, receivedAt }: Receipt, key: Key): Receipt {
  return signReceipt(recording, line, BigInt(amount), receivedAt, key);
}

/** The allotter at this time. */
function allotterThen(recording: Recording, time: number): Key {
  const set = eventsOf(recording, "AllotterSet").filter(({ facts }) => facts.time <= time);
  return allotterKey(new Set(set.map(({ item }) => item.allotter)).size);
}

function isOpen(recording: Recording, line: HeldLine): boolean {
  return settlementOf(recording, line) === null && !isClaimed(recording, line);
}

/** Smaller than every voucher that a batch has paid: it may have been too small for a row. */
function isSmall(recording: Recording, { amount }: HeldLine): boolean {
  return paidRows(recording).every((row) => rowOf(row).signature === null || rowOf(row).amount > BigInt(amount));
}

/** Time of the last bundle that lists vouchers. */
function lastListing(recording: Recording): number {
  const { bundle } = linesOfKind(recording, "voucher", "omitted").at(-1) ?? { bundle: 0 };
  return headOf(recording, bundle).time;
}

/**
 * The lane is open, nothing lists it, and its payee shows a receipt of this time. Null: that would
 * be no lie.
 */
function ofForgotten(name: string, timeOf: (line: HeldLine, listing: number) => number | null, says: string): Kind {
  return ofHeld(
    name,
    "receipt",
    (line, _, recording) => {
      const isOver = line.expiresAt + 100 < recording.end.time;
      if (!isOver || line.receipt !== null || isSmall(recording, line) || !isOpen(recording, line)) return null;
      const receivedAt = timeOf(line, lastListing(recording));
      if (receivedAt === null) return null;
      const key = allotterThen(recording, receivedAt);
      return [{ ...line, receipt: signReceipt(recording, line, BigInt(line.amount), receivedAt, key) }];
    },
    says,
  );
}

/** Bundles are silent about an unpaid voucher, of which its payee has a receipt. */
function ofSilence(name: string, change: (recording: Recording, batch: number) => Recording): Kind {
  return about<HeldLine>(
    name,
    "receipt",
    ({ vouchers }) => linesOf(vouchers) as HeldLine[],
    (recording, line) => {
      const { receipt } = line;
      if (receipt === null || !isOpen(recording, line)) return null;
      const batches = linesOfKind<VoucherLine>(recording, "voucher").map(({ bundle }) => bundle);
      const first = batches.find((bundle) => headOf(recording, bundle).time >= receipt.receivedAt + LAG);
      if (first === undefined) return null;
      const told = linesOfKind<VoucherLine>(recording, "omitted").filter(
        (place) => place.line.payer === line.payer && place.line.lane === line.lane,
      );
      const silent = told.toReversed().reduce((shown, place) => withLine(shown, place, []), recording);
      return change(silent, first);
    },
    "does not list the lane",
  );
}

/** Papers that somebody else signed, or that say what they cannot. */
const PAPER_KINDS: readonly Kind[] = [
  ofReceipt(
    "a forged receipt",
    (receipt, random) => ({ ...receipt, signature: flipBit(receipt.signature, random) }),
    "no allotter signed the receipt",
  ),
  ofReceipt(
    "an amount of a receipt",
    (receipt) => ({ ...receipt, amount: String(BigInt(receipt.amount) + 1n) }),
    "no allotter signed the receipt",
  ),
  ofReceipt(
    "a time of a receipt",
    (receipt, random) => ({ ...receipt, receivedAt: receipt.receivedAt - 1 - random.below(100) }),
    "no allotter signed the receipt",
  ),
  ofReceipt(
    "a receipt that a stranger signed",
    (receipt, _, line, recording) => resign(recording, line, receipt, keyOf("a stranger")),
    "no allotter signed the receipt",
  ),
  ofReceipt(
    "a receipt of a key long retired",
    (receipt, _, line, recording) => {
      const retired = eventsOf(recording, "AllotterRetired")[0];
      const isLate = retired && receipt.receivedAt > retired.facts.time + LAG;
      return isLate ? resign(recording, line, receipt, allotterKey(1)) : null;
    },
    "a retired allotter signed the receipt",
  ),
  ofReceipt(
    "a receipt of the future",
    (receipt, _, line, recording) => {
      const receivedAt = recording.end.time + 1_000;
      return resign(recording, line, { ...receipt, receivedAt }, allotterThen(recording, receivedAt));
    },
    "a time in the future stands in the receipt",
  ),
  ofHeld(
    "a forged voucher of a payee",
    "held-papers",
    (line, random) => [{ ...line, voucherSignature: flipBit(line.voucherSignature, random) }],
    "the session key did not sign the voucher",
  ),
  ofHeld(
    "a payee's voucher above its cap",
    "held-papers",
    (line, _, recording) => {
      const amount = BigInt(line.cap) + 1n;
      return [{ ...line, amount: String(amount), voucherSignature: signVoucherOf(recording, line, amount) }];
    },
    "the voucher is above the cap",
  ),
  ofHeld(
    "a forged allotment of a payee",
    "held-papers",
    (line, random) => [{ ...line, allotmentSignature: flipBit(line.allotmentSignature, random) }],
    "no allotter of its time signed the allotment",
  ),
];

/** Receipts that the authority did not honour, and allotments that it did not publish. */
const BROKEN_KINDS: readonly Kind[] = [
  ofSilence("a voucher that no bundle tells of", (recording) => recording),
  ofSilence("a voucher that no bundle tells of, behind an empty one", withEmptyBundle),
  ofHeld(
    "a receipt for more than was settled",
    "receipt",
    (line, random, recording) => {
      const { receipt, cap } = line;
      const settled = settlementOf(recording, line);
      if (!receipt || !settled || settled.amount >= BigInt(cap) || isClaimed(recording, line)) return null;
      const amount = random.between(settled.amount + 1n, BigInt(cap));
      const key = allotterThen(recording, receipt.receivedAt);
      return [{ ...line, receipt: signReceipt(recording, line, amount, receipt.receivedAt, key) }];
    },
    "is proof against the authority: the lane was settled with",
  ),
  ofHeld(
    "a receipt for more than was settled, which its payee has claimed since",
    "receipt",
    (line, _, recording) => {
      const settled = settlementOf(recording, line);
      const claimed = eventsOf(recording, "Claimed").find(
        ({ item }) => item.payer.toLowerCase() === line.payer && item.lane === line.lane,
      )?.item.totalPaid;
      if (!line.receipt || !settled || claimed === undefined || claimed <= settled.amount) return null;
      const key = allotterThen(recording, line.receipt.receivedAt);
      return [{ ...line, receipt: signReceipt(recording, line, claimed, line.receipt.receivedAt, key) }];
    },
    "its payee has claimed",
  ),
  ofHeld(
    "a receipt for more than bundles list",
    "receipt",
    (line, _, recording) => {
      const listed = linesOfKind<VoucherLine>(recording, "omitted").findLast(
        (place) => place.line.payer === line.payer && place.line.lane === line.lane,
      );
      if (!listed || !isOpen(recording, line) || BigInt(listed.line.amount) >= BigInt(line.cap)) return null;
      const receivedAt = headOf(recording, listed.bundle).time - LAG;
      const key = allotterThen(recording, receivedAt);
      const amount = BigInt(listed.line.amount) + 1n;
      return [{ ...line, receipt: signReceipt(recording, line, amount, receivedAt, key) }];
    },
    "says that the authority held",
  ),
  ofForgotten(
    "a receipt for a lane that no bundle lists",
    (line, listing) => Math.min(line.expiresAt, listing) - LAG,
    "does not list the lane",
  ),
  ofForgotten(
    "a receipt for a lane that the authority forgot",
    (line, listing) => (line.expiresAt > listing ? line.expiresAt : null),
    "the lane was never settled, and its time is over",
  ),
  ofHeld(
    "an allotment that was never published",
    "allotment-published",
    (line, random, recording) => {
      const last = headOf(recording, recording.bundles.size - 1);
      if (last.time < line.expiresAt) return null;
      const hidden = { ...line, lane: 5_000 + random.below(1_000), receipt: null };
      const key = allotterThen(recording, line.expiresAt);
      return [line, { ...hidden, allotmentSignature: signAllotment(recording, hidden, key) }];
    },
    "that a payee's file shows is in no bundle",
  ),
  ofHeld(
    "another cap than the published one",
    "lane-given",
    (line, random, recording) => {
      const isPublished = linesOfKind<AllotmentLine>(recording, "allotment").some(
        (one) => one.line.payer === line.payer && one.line.lane === line.lane,
      );
      if (!isPublished) return null;
      const other = { ...line, cap: String(BigInt(line.cap) + random.between(1n, 1_000n)) };
      const key = allotterThen(recording, line.expiresAt);
      return [{ ...other, allotmentSignature: signAllotment(recording, other, key) }];
    },
    "shows an allotment with another cap",
  ),
];

/** What payees show: papers that nobody signed, and receipts that were not honoured. */
export const HELD_KINDS: readonly Kind[] = [...PAPER_KINDS, ...BROKEN_KINDS];
