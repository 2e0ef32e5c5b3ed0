import type { CheckName } from "../../../audit/checks.ts";
import { allotterKey, keyOf } from "../play/people.ts";
import { withLines } from "./bundle-edit.ts";
import {
  type AllotmentLine,
  type LinePlace,
  linesOfKind,
  ofLine,
  type PublishedLine,
  resigned,
  settlementOf,
  signAllotment,
  type VoucherLine,
  withLine,
} from "./bundle-places.ts";
import { eventsOf, flipBit, STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

const KIND = "allotment";
/** More than anybody has. */
const FORTUNE = 10n ** 12n;
/** How far the authority's view may be behind, seconds: more than the audit allows. */
const LAG = 60;
/** A payee, or a key, of nobody. */
const NOBODYS = STRANGER as AllotmentLine["payee"];

type Change = Parameters<typeof ofLine<PublishedLine>>[3];

const ofAllotment = (name: string, check: CheckName, change: Change, says?: string): Kind =>
  ofLine<PublishedLine>(name, KIND, check, change, says);

/** An allotment with other terms, signed by the right key. Null: that would be no lie. */
function ofTerms(
  name: string,
  check: CheckName,
  change: (...args: Parameters<Change>) => Partial<AllotmentLine> | null,
  says?: string,
): Kind {
  return ofAllotment(
    name,
    check,
    (place, random, recording) => {
      const terms = change(place, random, recording);
      return terms && [resigned(recording, place.line, terms)];
    },
    says,
  );
}

/** Of a lane that a batch has settled. */
const whenSettled =
  (change: (line: PublishedLine, settled: bigint) => Partial<AllotmentLine> | null) =>
  ({ line }: LinePlace<PublishedLine>, _: unknown, recording: Parameters<Change>[2]) => {
    const settled = settlementOf(recording, line);
    return settled && change(line, settled.amount);
  };

/** Allotments that are not signed as they should be. */
const SIGNATURE_KINDS: readonly Kind[] = [
  ofAllotment("a cap of a published allotment", "allotment-signature", ({ line }, random) => [
    { ...line, cap: String(BigInt(line.cap) + random.between(1n, 1_000n)) },
  ]),
  ofAllotment("a byte of a published allotment's signature", "allotment-signature", ({ line }, random) => [
    { ...line, signature: flipBit(line.signature, random) },
  ]),
  ofAllotment(
    "an allotment signed by nobody",
    "allotment-signature",
    ({ line }) => [{ ...line, signature: `0x${"ff".repeat(64)}` }],
    "is signed by nobody",
  ),
  ofAllotment(
    "an allotment signed by a stranger",
    "allotment-signature",
    ({ line }, _, recording) => [{ ...line, signature: signAllotment(recording, line, keyOf("a stranger")) }],
    "which was no allotter then",
  ),
  ofAllotment(
    "an allotment signed after its key's retirement",
    "allotment-signature",
    ({ line }, _, recording) => {
      const retired = eventsOf(recording, "AllotterRetired").some(({ facts }) => facts.block < line.issuedAtBlock);
      return retired ? [{ ...line, signature: signAllotment(recording, line, allotterKey(1)) }] : null;
    },
    "which was retired at",
  ),
  ofAllotment(
    "an allotment signed before its key was set",
    "allotment-signature",
    ({ line }, _, recording) => {
      const second = eventsOf(recording, "AllotterSet")[1];
      if (!second || line.issuedAt + LAG >= second.facts.time) return null;
      return [{ ...line, signature: signAllotment(recording, line, allotterKey(2)) }];
    },
    "which was no allotter then",
  ),
];

/** Allotments of which there is too little money. */
const COVER_KINDS: readonly Kind[] = [
  ofTerms(
    "an allotment above the deposit",
    "allotment-covered",
    () => ({ cap: String(FORTUNE) }),
    "its live lanes may take",
  ),
  ofTerms(
    "an allotment above its session's limit",
    "allotment-covered",
    ({ line }, _, recording) => {
      const session = eventsOf(recording, "SessionAuthorized").find(
        ({ item }) => item.sessionKey.toLowerCase() === line.sessionKey,
      );
      return session && session.item.limit <= FORTUNE ? { cap: String(session.item.limit + 1n) } : null;
    },
    "its live lanes may take",
  ),
  ofTerms(
    "a live allotment above payers' money and the bond",
    "bond-cover",
    ({ line }, _, { rules, end }) => (line.expiresAt + rules.claimPeriod > end.time ? { cap: String(FORTUNE) } : null),
    "beyond their payers' money; bond and budgets cover",
  ),
  ofTerms(
    "an earlier allotment above payers' money and the bond",
    "bond-cover",
    ({ line }, _, { rules, end }) => (line.expiresAt + rules.claimPeriod <= end.time ? { cap: String(FORTUNE) } : null),
    "beyond their payers' money; bond and budgets cover",
  ),
  {
    name: "more credit than a quarter of the content",
    tell(recording) {
      const contents = new Map(
        [...recording.contents].map(([hash, size]) => [hash, { ...size, sizeBytes: 7, pieceLength: 1 }]),
      );
      return { recording: { ...recording, contents }, checks: ["credit"], says: "its payer may owe" };
    },
  },
];

/** Allotments whose terms the authority must not give. */
const TERMS_KINDS: readonly Kind[] = [
  ofTerms(
    "an allotment that lives longer than the allotment period",
    "allotment-terms",
    ({ line }, _, { rules }) => ({ expiresAt: line.issuedAt + rules.allotmentPeriod + 1 }),
    "ends 1 s later than the allotment period allows",
  ),
  ofTerms(
    "an allotment for a session that is not there",
    "allotment-terms",
    () => ({ sessionKey: NOBODYS }),
    "is for a session that its wallet had not authorized",
  ),
  ofTerms(
    "an allotment for the payer itself",
    "allotment-terms",
    ({ line }) => ({ payee: line.payer }),
    "is for the payer itself",
  ),
  ofAllotment(
    "a time of issue that its block cannot have",
    "allotment-terms",
    ({ line }, random) => [{ ...line, issuedAt: line.issuedAt - 1_000 - random.below(1_000) }],
    "has a time that it cannot have",
  ),
  ofAllotment(
    "an allotment issued after its bundle",
    "allotment-terms",
    ({ line }) => [{ ...line, issuedAtBlock: line.issuedAtBlock + 1_000 }],
    "is said to be issued after its bundle was made",
  ),
  ofAllotment(
    "an allotment that names no block, after others",
    "allotment-terms",
    ({ bundle, at, line }) => (bundle === 0 && at === 1 ? null : [{ ...line, issuedAtBlock: 0, issuedAt: 0 }]),
    "names no block, though earlier ones do",
  ),
];

/** A publisher's share that one seller's payer was asked for, and another's not. */
const SHARE_KINDS: readonly Kind[] = [
  ofAllotment(
    "a publisher's share that is too small for the sellers' lanes",
    "share",
    ({ line }, random, recording) => {
      const [publisher, cap] = [NOBODYS, BigInt(line.cap)];
      if (cap < 2n) return null;
      const pricePerGiB = String(BigInt(line.pricePerGiB) / 4n);
      const share = { payee: publisher, payeeKey: publisher, cap: String(cap / 8n), credit: 0, pricePerGiB };
      return [resigned(recording, line, { ...share, lane: line.lane + Number(random.between(1_000n, 2_000n)) }), line];
    },
    "to its publisher",
  ),
];

/** Lanes given twice, and allotments published twice or never. */
const LANE_KINDS: readonly Kind[] = [
  ofAllotment(
    "an allotment of a settled lane left out",
    "row-allotment",
    ({ line }, _, recording) => {
      return settlementOf(recording, line) === null ? null : [];
    },
    "whose allotment no bundle holds",
  ),
  ofTerms(
    "a payee of a settled lane's allotment",
    "row-allotment",
    whenSettled(() => ({ payee: NOBODYS })),
    "pays another payee than its allotment",
  ),
  ofTerms(
    "a session key of a settled lane's allotment",
    "row-allotment",
    whenSettled(() => ({ sessionKey: NOBODYS })),
    "is of another session key than its allotment",
  ),
  ofTerms(
    "a cap below what was settled",
    "row-allotment",
    whenSettled((_, settled) => (settled > 1n ? { cap: String(settled - 1n) } : null)),
    "is above its cap",
  ),
  ofAllotment(
    "a lane given twice",
    "lane-given",
    ({ line }, _, recording) => [line, resigned(recording, line, { payee: NOBODYS })],
    "was given twice",
  ),
  about(
    "a lane given after a greater one",
    "lane-given",
    (recording) => linesOfKind<PublishedLine>(recording, KIND),
    (recording, { bundle, at, line }) => {
      const next = linesOfKind<PublishedLine>(recording, KIND).find(
        (one) => one.bundle === bundle && one.at > at && one.line.payer === line.payer,
      );
      if (!next) return null;
      return withLines(recording, bundle, (all) => all.toSpliced(at, 1, next.line).toSpliced(next.at, 1, line));
    },
    "was given after lane",
  ),
  about(
    "an allotment published twice",
    "bundle-chain",
    (recording) => linesOfKind<PublishedLine>(recording, KIND).filter(({ bundle }) => bundle > 0),
    (recording, later, random) => {
      const earlier = linesOfKind<PublishedLine>(recording, KIND).filter(({ bundle }) => bundle < later.bundle);
      if (earlier.length === 0) return null;
      const { line } = random.pick(earlier);
      return withLines(recording, later.bundle, (all) => all.toSpliced(1, 0, line));
    },
    "is published twice",
  ),
  about(
    "a settlement after its time",
    "settlement-delay",
    (recording) => linesOfKind<VoucherLine>(recording, "voucher"),
    (recording, { line }) => {
      const { rules } = recording;
      const settled = settlementOf(recording, line);
      const place = linesOfKind<PublishedLine>(recording, KIND).find(
        (one) => one.line.payer === line.payer && one.line.lane === line.lane,
      );
      const expiresAt = (settled?.time ?? 0) - rules.claimPeriod / 4 - rules.allotmentPeriod / 4 - 1;
      if (!place || !settled || line.receivedAt > expiresAt || place.line.expiresAt <= expiresAt) return null;
      return withLine(recording, place, [resigned(recording, place.line, { expiresAt })]);
    },
    "was settled 1 s too late",
  ),
];

/** Allotments as bundles publish them: not signed, or signed and wrong. */
export const ALLOTMENT_KINDS: readonly Kind[] = [
  ...SIGNATURE_KINDS,
  ...COVER_KINDS,
  ...TERMS_KINDS,
  ...SHARE_KINDS,
  ...LANE_KINDS,
];
