import { createHash } from "node:crypto";
import type { CheckName } from "../../../audit/checks.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { toJsonLines } from "../play/bundle.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import {
  type Line,
  linesOf,
  namesOf,
  withBundle,
  withBundleHashes,
  withEmptyBundle,
  withLines,
} from "./bundle-edit.ts";
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
import { eventsOf, flipBit, flipSignature, STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

const NO_BUNDLE: Hex = `0x${"0".repeat(64)}`;

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

/** Bundles that a batch names. */
function named(recording: Recording): number[] {
  return namesOf(recording).flatMap((_, index) => (batchOf(recording, index) === null ? [] : index));
}

/** A bundle that a batch names, served with other bytes than its name says. */
function served(name: string, change: (bytes: Uint8Array, random: Random) => Uint8Array | null, says: string): Kind {
  return about(
    name,
    "bundle",
    named,
    (recording, index, random) => {
      const hash = namesOf(recording)[index] as Hex;
      const bundles = new Map(recording.bundles);
      const bytes = change(bundles.get(hash) as Uint8Array, random);
      if (bytes === null) bundles.delete(hash);
      else bundles.set(hash, bytes);
      return { ...recording, bundles };
    },
    says,
  );
}

/** A bundle that was made like this: its name is right. */
function made(
  name: string,
  change: (recording: Recording, index: number, random: Random) => Recording,
  says: string,
): Kind {
  return about(name, "bundle", named, change, says);
}

/** A bundle with another first line. Null: that would be no lie. */
const withHead = (recording: Recording, index: number, change: Partial<Line>): Recording =>
  withLines(recording, index, ([head, ...rest]) => [{ kind: "bundle", ...head, ...change }, ...rest]);

/** A bundle after the first, whose first line does not continue those before. Null: that would be no lie. */
function follows(
  name: string,
  change: (recording: Recording, index: number, random: Random) => Partial<Line> | null,
  says: string,
): Kind {
  return about(
    name,
    "bundle-chain",
    (recording) => namesOf(recording).flatMap((_, index) => (index > 0 ? index : [])),
    (recording, index, random) => {
      const head = change(recording, index, random);
      return head && withHead(recording, index, head);
    },
    says,
  );
}

/** A batch after the first that names another bundle. Null: that would be no lie. */
function renamed(
  name: string,
  hashOf: (recording: Recording, bundle: number, first: Hex) => Hex | null | undefined,
  says: string,
): Kind {
  return about(
    name,
    "bundle",
    (recording) => eventsOf(recording, "Settled").slice(1),
    (recording, { tx, item }) => {
      const own = item.bundleHash as Hex;
      const first = eventsOf(recording, "Settled")[0]?.item.bundleHash as Hex;
      const other = hashOf(recording, namesOf(recording).indexOf(own), first);
      return other ? withBundleHashes(recording, new Map([[own, other]]), tx) : null;
    },
    says,
  );
}

function listedBefore(recording: Recording, { bundle, line }: LinePlace<VoucherLine>): VoucherLine | null {
  const before = linesOfKind<VoucherLine>(recording, "voucher", "omitted").find(
    (one) => one.bundle === bundle - 1 && one.line.payer === line.payer && one.line.lane === line.lane,
  );
  return before?.line ?? null;
}

function withAmount(recording: Recording, line: VoucherLine, amount: bigint): VoucherLine {
  const signature = signVoucherOf(recording, allotmentOf(recording, line), amount);
  return { ...line, amount: String(amount), signature };
}

/** Bundles as files, and the chain that they make. */
const FILE_KINDS: readonly Kind[] = [
  served("a bit of a bundle", (bytes, random) => flipSignature(bytes, random), "the bundle 0x"),
  served("a truncated bundle", (bytes, random) => bytes.slice(0, bytes.length - 1 - random.below(200)), "is cut off"),
  served("a bundle that is not available", () => null, "which is not available"),
  served(
    "another number in a bundle",
    (bytes) =>
      Buffer.from(
        Buffer.from(bytes)
          .toString()
          .replace(/("kind":"end","allotments":)\d+/, "$1999"),
      ),
    "does not have the numbers of lines",
  ),
  made(
    "a bundle without its last line",
    (recording, index) => withBundle(recording, index, (bytes) => toJsonLines(linesOf(bytes).slice(0, -1))),
    "is cut off: it has no end line",
  ),
  made(
    "a bundle with wrong counts",
    (recording, index) =>
      withBundle(recording, index, (bytes) =>
        toJsonLines(linesOf(bytes).map((line) => (line.kind === "end" ? { ...line, omitted: 4_000 } : line))),
      ),
    "does not have the numbers of lines",
  ),
  made(
    "a bundle with a key too many",
    (recording, index, random) =>
      withLines(recording, index, (lines) => {
        const at = random.below(lines.length - 1);
        return lines.map((line, i) => (i === at ? { ...line, note: "" } : line));
      }),
    "has the keys",
  ),
  made(
    "a bundle of another contract",
    (recording, index) => withHead(recording, index, { contract: STRANGER }),
    `is of the contract ${STRANGER}`,
  ),
  made("a bundle of another chain", (recording, index) => withHead(recording, index, { chainId: 1 }), "is of chain 1"),
  made(
    "a bundle made after its batch",
    (recording, index) => withHead(recording, index, { block: (batchOf(recording, index)?.facts.block ?? 0) + 1 }),
    ", after the batch",
  ),
  renamed("a bundle of another batch", (_recording, _bundle, first) => first, "which was made for batch 1"),
  renamed("a batch that names no bundle", () => NO_BUNDLE, "names no bundle, though earlier batches do"),
  renamed(
    "a bundle that is older than that of the batch before",
    (recording, bundle) =>
      namesOf(recording).find(
        (_, index) => batchOf(recording, index) === null && named(recording).some((one) => one > index && one < bundle),
      ),
    "which is older than that of batch",
  ),
  follows(
    "a previous bundle that is not there",
    (_recording, _index, random) => {
      const hash = createHash("sha256").update(String(random.below(1_000_000)));
      return { previous: `0x${hash.digest("hex")}` };
    },
    "which another names, is not available",
  ),
  follows("a later bundle that says it is the first", () => ({ previous: NO_BUNDLE }), "says that it is the first"),
  follows(
    "a bundle left out of the chain",
    (recording, index) =>
      index > 1 && batchOf(recording, index - 1) !== null ? { previous: namesOf(recording)[index - 2] } : null,
    "came before it",
  ),
  follows("a bundle that is older than the one before it", () => ({ block: 1 }), "is older than"),
];

/** What bundles say about the vouchers and statements that their batches settle. */
const LISTING_KINDS: readonly Kind[] = [
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
const OMISSION_KINDS: readonly Kind[] = [
  ofOmitted(
    "a voucher that the next bundle forgets",
    (place, _, recording) => (listedBefore(recording, place) === null ? null : []),
    "which no longer lists it",
  ),
  about(
    "a voucher that the next bundle forgets, behind an empty one",
    "voucher-left-out",
    waiting,
    (recording, place) =>
      listedBefore(recording, place) && withEmptyBundle(withLine(recording, place, []), place.bundle),
    "which no longer lists it",
  ),
  ofOmitted(
    "a voucher that is lower in the next bundle",
    (place, _, recording) => {
      const before = listedBefore(recording, place);
      if (before === null || BigInt(before.amount) < 2n) return null;
      return [withAmount(recording, place.line, BigInt(before.amount) - 1n)];
    },
    "than in the one before",
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
    "was left out as DUST, but its batch settles a voucher of",
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

export const BUNDLE_KINDS: readonly Kind[] = [...FILE_KINDS, ...LISTING_KINDS, ...OMISSION_KINDS];
