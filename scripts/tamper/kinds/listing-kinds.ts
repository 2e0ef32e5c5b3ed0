import type { CheckName } from "../../../audit/checks.ts";
import type { Recording } from "../recording.ts";
import { withLines } from "./bundle-edit.ts";
import {
  allotmentOf,
  batchOf,
  headOf,
  isClaimed,
  type LinePlace,
  linesOfKind,
  ofLine,
  type PublishedLine,
  resigned,
  signVoucherOf,
  type VoucherLine,
  withLine,
} from "./bundle-places.ts";
import { flipBit } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

/** Longer than a voucher may wait after its end, in seconds. */
const TOO_LONG = 62;

type Change = Parameters<typeof ofLine<VoucherLine>>[3];

const ofVoucher = (name: string, check: CheckName, change: Change, says?: string): Kind =>
  ofLine<VoucherLine>(
    name,
    "voucher",
    check,
    (place, random, recording) => (batchOf(recording, place.bundle) === null ? null : change(place, random, recording)),
    says,
  );

/** Vouchers that a batch's bundle lists as waiting, and that no claim pays. */
function waiting(recording: Recording): LinePlace<VoucherLine>[] {
  return linesOfKind<VoucherLine>(recording, "omitted").filter(
    ({ bundle, line }) =>
      line.reason === "WAITING" && batchOf(recording, bundle) !== null && !isClaimed(recording, line),
  );
}

const ofOmitted = (name: string, change: Change, says?: string): Kind =>
  about<LinePlace<VoucherLine>>(
    name,
    "voucher-left-out",
    waiting,
    (recording, place, random) => {
      const lines = change(place, random, recording);
      return lines && withLine(recording, place, lines);
    },
    says,
  );

function withAmount(recording: Recording, line: VoucherLine, amount: bigint): VoucherLine {
  const signature = signVoucherOf(recording, allotmentOf(recording, line), amount);
  return { ...line, amount: String(amount), signature };
}

/** What bundles say about the vouchers and statements that their batches settle. */
const SETTLED_KINDS: readonly Kind[] = [
  // A lane that a statement settles needs no voucher.
  ofVoucher(
    "a settled voucher left out of its bundle",
    "bundle-rows",
    ({ bundle }, _, recording) =>
      linesOfKind(recording, "statement").some((place) => place.bundle === bundle) ? null : [],
    "settles a lane that its bundle does not list",
  ),
  ofVoucher(
    "a listed voucher that its batch does not settle",
    "bundle-rows",
    ({ bundle, line }, _, recording) => {
      const listed = linesOfKind<VoucherLine>(recording, "voucher", "omitted").filter((one) => one.bundle === bundle);
      const other = linesOfKind<PublishedLine>(recording, "allotment").find(
        (one) =>
          one.bundle <= bundle &&
          !listed.some(({ line: { payer, lane } }) => payer === one.line.payer && lane === one.line.lane),
      )?.line;
      if (!other) return null;
      const { payer, lane } = other;
      return [line, { ...line, payer, lane, amount: "5", signature: signVoucherOf(recording, other, 5n) }];
    },
    "does not settle lane",
  ),
  ofVoucher(
    "a byte of a listed voucher's signature",
    "bundle-voucher",
    ({ line }, random) => [{ ...line, signature: flipBit(String(line.signature), random) }],
    "a bundle lists a voucher on lane",
  ),
  ofVoucher("an amount of a listed voucher", "bundle-voucher", ({ line }) => [
    { ...line, amount: String(BigInt(line.amount) + 1n) },
  ]),
  ofVoucher(
    "a listed voucher above its cap",
    "bundle-voucher",
    ({ line }, random, recording) => {
      const { cap } = allotmentOf(recording, line);
      return [withAmount(recording, line, BigInt(cap) + random.between(1n, 1_000n))];
    },
    "above the cap of its allotment",
  ),
  ofVoucher(
    "a row settled below the voucher that the authority held",
    "row-below-voucher",
    ({ line }, random, recording) => {
      const [cap, amount] = [BigInt(allotmentOf(recording, line).cap), BigInt(line.amount)];
      return cap > amount ? [withAmount(recording, line, random.between(amount + 1n, cap))] : null;
    },
    "settles less than the voucher of",
  ),
  ofLine(
    "a listed statement left out",
    "statement",
    "bundle-rows",
    ({ bundle }, _, recording) => (batchOf(recording, bundle) === null ? null : []),
    "settles a statement that its bundle does not list",
  ),
  ofLine(
    "a byte of a listed statement's signature",
    "statement",
    "bundle-rows",
    ({ bundle, line }, random, recording) =>
      batchOf(recording, bundle) === null ? null : [{ ...line, signature: flipBit(String(line.signature), random) }],
    "does not settle a statement that its bundle lists",
  ),
  ofLine(
    "a lane of a listed statement",
    "statement",
    "bundle-rows",
    ({ bundle, line }, random, recording) => {
      if (batchOf(recording, bundle) === null) return null;
      return [{ ...line, lanes: [...(line.lanes as number[]), 5_000 + random.below(1_000)] }];
    },
    "does not settle a statement that its bundle lists",
  ),
];

/** What bundles say about the vouchers that their batches leave out. */
const OMITTED_KINDS: readonly Kind[] = [
  about(
    "a voucher that is lower in a later bundle",
    "voucher-left-out",
    waiting,
    (recording, { bundle, line }) => {
      const isThis = ({ line: one }: LinePlace<VoucherLine>): boolean =>
        one.payer === line.payer && one.lane === line.lane;
      const told = linesOfKind<VoucherLine>(recording, "voucher", "omitted").filter(isThis);
      const later = bundle + 1;
      const isFree = later < recording.bundles.size && batchOf(recording, later) !== null;
      if (!isFree || told.some((place) => place.bundle === later) || BigInt(line.amount) < 2n) return null;
      const lower = withAmount(recording, line, BigInt(line.amount) - 1n);
      return withLines(recording, later, (lines) => lines.toSpliced(-1, 0, lower));
    },
    "than in one before",
  ),
  ofOmitted(
    "a voucher left out for a claim that was not made",
    ({ line }) => [{ ...line, reason: "CLAIMED" }],
    "was left out as CLAIMED, but no claim has used its lane",
  ),
  ofOmitted(
    "a voucher left out as skipped that was not",
    ({ line }) => [{ ...line, reason: "SKIPPED" }],
    "was left out as SKIPPED, but no batch has skipped it",
  ),
  ofOmitted(
    "a voucher left out as dust that is more than a row",
    (place, _, recording) => {
      const amounts = linesOfKind<VoucherLine>(recording, "voucher", "statement").flatMap(({ bundle, line }) =>
        bundle === place.bundle ? [line.kind === "statement" ? 0n : BigInt(line.amount)] : [],
      );
      const isMore =
        amounts.every((amount) => amount > 0n) && amounts.some((amount) => amount <= BigInt(place.line.amount));
      return isMore ? [{ ...place.line, reason: "DUST" }] : null;
    },
    "was left out as DUST, but a batch settles a voucher of",
  ),
  about(
    "a voucher left out as waiting whose time was over",
    "voucher-left-out",
    waiting,
    (recording, place) => {
      const at = headOf(recording, place.bundle).time - TOO_LONG;
      const published = linesOfKind<PublishedLine>(recording, "allotment").find(
        ({ line }) => line.payer === place.line.payer && line.lane === place.line.lane,
      );
      if (!published) return null;
      const waited = withLine(recording, place, [{ ...place.line, receivedAt: at }]);
      return withLine(waited, published, [resigned(waited, published.line, { expiresAt: at })]);
    },
    "was left out as WAITING, but its time was over",
  ),
];

export const LISTING_KINDS: readonly Kind[] = [...SETTLED_KINDS, ...OMITTED_KINDS];
