import { allotterKey } from "../play/people.ts";
import { withLines } from "./bundle-edit.ts";
import {
  type AllotmentLine,
  linesOfKind,
  ofLine,
  type PublishedLine,
  resigned,
  settlementOf,
  signAllotment,
  type VoucherLine,
} from "./bundle-places.ts";
import { eventsOf, flipBit, STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";

const KIND = "allotment";
/** More than anybody has. */
const FORTUNE = 10n ** 12n;
/** How far T's view may be behind, seconds: more than the audit allows. */
const LAG = 60;

const ofAllotment = (name: string, check: string, change: Parameters<typeof ofLine<PublishedLine>>[3]): Kind =>
  ofLine<PublishedLine>(name, KIND, check, change);

/** Allotments as T's bundles publish them: not signed, or signed and wrong. */
export const ALLOTMENT_KINDS: readonly Kind[] = [
  ofAllotment("a cap of a published allotment", "allotment-signature", ({ line }, random) => [
    { ...line, cap: String(BigInt(line.cap) + random.between(1n, 1_000n)) },
  ]),
  ofAllotment("a byte of a published allotment's signature", "allotment-signature", ({ line }, random) => [
    { ...line, signature: flipBit(line.signature, random) },
  ]),
  ofAllotment("an allotment signed after its key's retirement", "allotment-signature", ({ line }, _, recording) => {
    const retired = eventsOf(recording, "AllotterRetired").some(({ facts }) => facts.block < line.issuedAtBlock);
    return retired ? [{ ...line, signature: signAllotment(recording, line, allotterKey(1)) }] : null;
  }),
  ofAllotment("an allotment signed before its key was set", "allotment-signature", ({ line }, _, recording) => {
    const second = eventsOf(recording, "AllotterSet")[1];
    if (!second || line.issuedAt + LAG >= second.facts.time) return null;
    return [{ ...line, signature: signAllotment(recording, line, allotterKey(2)) }];
  }),
  ofAllotment("an allotment above the deposit", "allotment-covered", ({ line }, random, recording) => [
    resigned(recording, line, { cap: String(FORTUNE + random.between(1n, 1_000n)) }),
  ]),
  ofAllotment("an allotment above its session's limit", "allotment-covered", ({ line }, random, recording) => {
    const session = eventsOf(recording, "SessionAuthorized").find(
      ({ item }) => item.sessionKey.toLowerCase() === line.sessionKey,
    );
    if (!session || session.item.limit > FORTUNE) return null;
    return [resigned(recording, line, { cap: String(session.item.limit + random.between(1n, 1_000n)) })];
  }),
  ofAllotment("a live allotment above payers' money and the bond", "bond-cover", ({ line }, random, recording) => {
    const { rules, end } = recording;
    if (line.expiresAt + rules.claimPeriod <= end.time) return null;
    return [resigned(recording, line, { cap: String(FORTUNE + random.between(1n, 1_000n)) })];
  }),
  ofAllotment("an allotment that lives longer than A", "allotment-terms", ({ line }, random, recording) => {
    const expiresAt = line.issuedAt + recording.rules.allotmentPeriod + 1 + random.below(100);
    return [resigned(recording, line, { expiresAt })];
  }),
  ofAllotment("an allotment for a session that is not there", "allotment-terms", ({ line }, _, recording) => [
    resigned(recording, line, { sessionKey: STRANGER as AllotmentLine["sessionKey"] }),
  ]),
  ofAllotment("a time of issue that its block cannot have", "allotment-terms", ({ line }, random) => [
    { ...line, issuedAt: line.issuedAt - 1_000 - random.below(1_000) },
  ]),
  ofAllotment("an allotment of a settled lane left out", "row-allotment", ({ line }, _, recording) => {
    return settlementOf(recording, line) === null ? null : [];
  }),
  ofAllotment("a payee of a settled lane's allotment", "row-allotment", ({ line }, _, recording) => {
    if (settlementOf(recording, line) === null) return null;
    return [resigned(recording, line, { payee: STRANGER as AllotmentLine["payee"] })];
  }),
  ofAllotment("a cap below what was settled", "row-allotment", ({ line }, _, recording) => {
    const settled = settlementOf(recording, line);
    return settled && settled.amount > 1n ? [resigned(recording, line, { cap: String(settled.amount - 1n) })] : null;
  }),
  ofAllotment("a lane given twice", "lane-given", ({ line }, _, recording) => [
    line,
    resigned(recording, line, { payee: STRANGER as AllotmentLine["payee"] }),
  ]),
  {
    name: "an allotment published twice",
    tell(recording, random) {
      const places = linesOfKind<PublishedLine>(recording, KIND).filter(({ bundle }) => bundle > 0);
      if (places.length === 0) return null;
      const later = random.pick(places);
      const earlier = linesOfKind<PublishedLine>(recording, KIND).filter(({ bundle }) => bundle < later.bundle);
      if (earlier.length === 0) return null;
      const { line } = random.pick(earlier);
      const twice = withLines(recording, later.bundle, (all) => all.toSpliced(1, 0, line));
      return { recording: twice, checks: ["bundle-chain"] };
    },
  },
  {
    name: "a settlement after its time",
    tell(recording, random) {
      const { rules } = recording;
      for (const { line } of random.shuffled(linesOfKind<VoucherLine>(recording, "voucher"))) {
        const settled = settlementOf(recording, line);
        const place = linesOfKind<PublishedLine>(recording, KIND).find(
          (one) => one.line.payer === line.payer && one.line.lane === line.lane,
        );
        const expiresAt = (settled?.time ?? 0) - rules.claimPeriod / 4 - rules.allotmentPeriod / 4 - 1;
        if (!place || !settled || line.receivedAt > expiresAt || place.line.expiresAt <= expiresAt) continue;
        const sooner = resigned(recording, place.line, { expiresAt });
        const changed = withLines(recording, place.bundle, (all) => all.toSpliced(place.at, 1, sooner));
        return { recording: changed, checks: ["settlement-delay"] };
      }
      return null;
    },
  },
];
