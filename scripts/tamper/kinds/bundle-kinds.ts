import { createHash } from "node:crypto";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { bytesOf, linesOf, namesOf, withBundle, withBundleHashes, withLines } from "./bundle-edit.ts";
import {
  allotmentOf,
  batchOf,
  isClaimed,
  type LinePlace,
  linesOfKind,
  ofLine,
  signVoucherOf,
  type VoucherLine,
} from "./bundle-places.ts";
import { eventsOf, flipBit, flipSignature, STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";

const NO_BUNDLE = `0x${"0".repeat(64)}`;

const ofVoucher = (name: string, check: string, change: Parameters<typeof ofLine<VoucherLine>>[3]): Kind =>
  ofLine<VoucherLine>(name, "voucher", check, (place, random, recording) =>
    batchOf(recording, place.bundle) === null ? null : change(place, random, recording),
  );

/**
 * A voucher that a bundle leaves out, and that nothing but its batch's payees may have paid until
 * then.
 */
const ofOmitted = (name: string, change: Parameters<typeof ofLine<VoucherLine>>[3]): Kind =>
  ofLine<VoucherLine>(name, "omitted", "voucher-left-out", (place, random, recording) => {
    const isOpen = place.line.reason === "WAITING" && batchOf(recording, place.bundle) !== null;
    return isOpen && !isClaimed(recording, place.line) ? change(place, random, recording) : null;
  });

/** A bundle that a batch names, served as it is not. */
function served(name: string, change: (bytes: Uint8Array, random: Random) => Uint8Array | null): Kind {
  return {
    name,
    tell(recording, random) {
      const index = pickNamed(recording, random);
      const hash = namesOf(recording)[index] as Hex;
      const bundles = new Map(recording.bundles);
      const bytes = change(bundles.get(hash) as Uint8Array, random);
      if (bytes === null) bundles.delete(hash);
      else bundles.set(hash, bytes);
      return { recording: { ...recording, bundles }, checks: ["bundle"] };
    },
  };
}

/** A bundle that T has made like this: its name is right. */
function made(name: string, change: (recording: Recording, index: number, random: Random) => Recording): Kind {
  return {
    name,
    tell(recording, random) {
      return { recording: change(recording, pickNamed(recording, random), random), checks: ["bundle"] };
    },
  };
}

function follows(name: string, previousOf: (recording: Recording, random: Random) => string): Kind {
  return {
    name,
    tell(recording, random) {
      if (recording.bundles.size < 2) return null;
      const index = 1 + random.below(recording.bundles.size - 1);
      const previous = previousOf(recording, random);
      const changed = withLines(recording, index, ([head, ...rest]) => [
        { kind: "bundle", ...head, previous },
        ...rest,
      ]);
      return { recording: changed, checks: ["bundle-chain"] };
    },
  };
}

function pickNamed(recording: Recording, random: Random): number {
  const all = namesOf(recording).map((_, index) => index);
  return random.pick(all.filter((index) => batchOf(recording, index) !== null));
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

/** Bundles as a whole, and what they say about vouchers and statements. */
export const BUNDLE_KINDS: readonly Kind[] = [
  served("a bit of a bundle", (bytes, random) => flipSignature(bytes, random)),
  served("a truncated bundle", (bytes, random) => bytes.slice(0, bytes.length - 1 - random.below(200))),
  served("a bundle that is not to be had", () => null),
  made("a bundle without its last line", (recording, index) =>
    withBundle(recording, index, (bytes) => bytesOf(linesOf(bytes).slice(0, -1))),
  ),
  made("a bundle with wrong counts", (recording, index) =>
    withBundle(recording, index, (bytes) =>
      bytesOf(linesOf(bytes).map((line) => (line.kind === "end" ? { ...line, omitted: 4_000 } : line))),
    ),
  ),
  made("a bundle with a key too many", (recording, index, random) =>
    withLines(recording, index, (lines) => {
      const at = random.below(lines.length - 1);
      return lines.map((line, i) => (i === at ? { ...line, note: "" } : line));
    }),
  ),
  made("a bundle of another contract", (recording, index) =>
    withLines(recording, index, ([head, ...rest]) => [{ kind: "bundle", ...head, contract: STRANGER }, ...rest]),
  ),
  made("a bundle made after its batch", (recording, index) =>
    withLines(recording, index, ([head, ...rest]) => [
      { kind: "bundle", ...head, block: (batchOf(recording, index)?.facts.block ?? 0) + 1 },
      ...rest,
    ]),
  ),
  {
    name: "a bundle of another batch",
    tell(recording, random) {
      const [first, ...others] = eventsOf(recording, "Settled");
      if (!first || others.length === 0) return null;
      const { tx, item } = random.pick(others);
      const renames = new Map([[item.bundleHash as Hex, first.item.bundleHash as Hex]]);
      return { recording: withBundleHashes(recording, renames, tx), checks: ["bundle"] };
    },
  },
  follows("a previous bundle that is not there", (_, random) => {
    return `0x${createHash("sha256")
      .update(String(random.below(1_000_000)))
      .digest("hex")}`;
  }),
  follows("a later bundle that says it is the first", () => NO_BUNDLE),
  // Of a statement's lanes T need not have held a voucher each.
  ofVoucher("a settled voucher left out of its bundle", "bundle-rows", ({ bundle }, _, recording) => {
    return linesOfKind(recording, "statement").some((place) => place.bundle === bundle) ? null : [];
  }),
  ofVoucher("a byte of a listed voucher's signature", "bundle-voucher", ({ line }, random) => [
    { ...line, signature: flipBit(String(line.signature), random) },
  ]),
  ofVoucher("an amount of a listed voucher", "bundle-voucher", ({ line }) => [
    { ...line, amount: String(BigInt(line.amount) + 1n) },
  ]),
  ofVoucher("a listed voucher above its cap", "bundle-voucher", ({ line }, random, recording) => {
    const { cap } = allotmentOf(recording, line);
    return [withAmount(recording, line, BigInt(cap) + random.between(1n, 1_000n))];
  }),
  ofVoucher("a row settled below the voucher that T held", "row-below-voucher", ({ line }, random, recording) => {
    const [cap, amount] = [BigInt(allotmentOf(recording, line).cap), BigInt(line.amount)];
    return cap > amount ? [withAmount(recording, line, random.between(amount + 1n, cap))] : null;
  }),
  ofLine("a listed statement left out", "statement", "bundle-rows", ({ bundle }, _, recording) => {
    return batchOf(recording, bundle) === null ? null : [];
  }),
  ofLine("a lane of a listed statement", "statement", "bundle-rows", ({ bundle, line }, random, recording) => {
    if (batchOf(recording, bundle) === null) return null;
    return [{ ...line, lanes: [...(line.lanes as number[]), 5_000 + random.below(1_000)] }];
  }),
  ofOmitted("a voucher that the next bundle forgets", (place, _, recording) => {
    return listedBefore(recording, place) === null ? null : [];
  }),
  ofOmitted("a voucher that is lower in the next bundle", (place, _, recording) => {
    const before = listedBefore(recording, place);
    if (before === null || BigInt(before.amount) < 2n) return null;
    return [withAmount(recording, place.line, BigInt(before.amount) - 1n)];
  }),
  ofOmitted("a voucher left out for a claim that was not made", ({ line }) => [{ ...line, reason: "CLAIMED" }]),
  ofOmitted("a voucher left out as skipped that was not", ({ line }) => [{ ...line, reason: "SKIPPED" }]),
  ofOmitted("a voucher left out as dust that is more than a row", (place, _, recording) => {
    const amounts = linesOfKind<VoucherLine>(recording, "voucher", "statement").flatMap(({ bundle, line }) =>
      bundle === place.bundle ? [line.kind === "statement" ? 0n : BigInt(line.amount)] : [],
    );
    const isMore =
      amounts.every((amount) => amount > 0n) && amounts.some((amount) => amount <= BigInt(place.line.amount));
    return isMore ? [{ ...place.line, reason: "DUST" }] : null;
  }),
];
