import type { VoucherLine } from "../../../scripts/audit/bundles/bundle-format.ts";
import {
  type BundleLie,
  regranted,
  repromised,
  together,
  withBytes,
  withEmptyBundle,
  withFacts,
  withHeader,
  withLine,
  withLines,
} from "./bundle-lie.ts";
import { inTurn, later, withBit, withCall, withEvent, withTransactionOf } from "./lie.ts";

const OTHER_HASH = `0x${"77".repeat(32)}`;
const NO_HASH = `0x${"00".repeat(32)}`;
const JUNK = `0x${"11".repeat(64)}`;

/** In event and calldata, as a T would write it. */
const withEvidenceHash = (index: number, hash: string) =>
  withFacts((all) =>
    withCall(
      "settle",
      (call) => ({ ...call, batch: call.batch.slice(0, 4) + hash.slice(2) + call.batch.slice(68) }),
      index,
    )(withEvent("Settled", (event) => ({ ...event, evidenceHash: hash }), index)(all)),
  );

const FILE_LIES: readonly BundleLie[] = [
  ["a bundle that is nowhere", withBytes(0, () => null), "bundle", "which is not to be had"],
  ["a bundle without its last line", withBytes(0, (bytes) => bytes.slice(0, -70)), "bundle", "is cut off"],
  [
    "a bundle with another byte",
    withBytes(0, (bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace("WAITING", "CLAIMED"))),
    "bundle",
    "which is not its name",
  ],
  ["a bundle of another chain", withHeader(0, (header) => ({ ...header, chainId: 1 })), "bundle", "is of chain 1"],
  [
    "a bundle of another contract",
    withHeader(0, (header) => ({ ...header, contract: `0x${"57".repeat(20)}` })),
    "bundle",
    "is of the contract 0x5757",
  ],
  [
    "a bundle of another batch",
    (run) => withEvidenceHash(1, run.bundles[0]?.name as string)(run),
    "bundle",
    "which was made for batch 1",
  ],
  [
    "a bundle that is older than that of the batch before",
    (run) => withEvidenceHash(2, run.bundles[1]?.name as string)(run),
    "bundle",
    "which is older than that of batch 2",
  ],
  ["a batch that names nothing", withEvidenceHash(2, NO_HASH), "bundle", "names no bundle, though earlier batches do"],
  [
    "a bundle made after its batch",
    withHeader(3, (header) => ({ ...header, block: header.block + 1_000 })),
    "bundle",
    "after the batch",
  ],
  [
    "a bundle whose previous one is nowhere",
    withHeader(2, (header) => ({ ...header, previous: OTHER_HASH })),
    "bundle-chain",
    "which another names, is not to be had",
  ],
  [
    "a second first bundle",
    withHeader(3, (header) => ({ ...header, previous: NO_HASH })),
    "bundle-chain",
    "says that it is the first",
  ],
  [
    "a bundle left out of the chain",
    (run) => withHeader(3, (header) => ({ ...header, previous: run.bundles[0]?.name as string }))(run),
    "bundle-chain",
    "came before it",
  ],
  [
    "a bundle that is older than the one before",
    withHeader(2, (header) => ({ ...header, block: 1 })),
    "bundle-chain",
    "is older than",
  ],
  [
    "an allotment published twice",
    (run) => withLines(2, ([head, ...rest]) => [head, run.bundles[0]?.lines[1], ...rest] as never)(run),
    "bundle-chain",
    "is published twice",
  ],
];

const LISTING_LIES: readonly BundleLie[] = [
  [
    "a row that its bundle does not list",
    withLine(0, "voucher", 1, () => null),
    "bundle-rows",
    "settles a lane that its bundle does not list",
  ],
  [
    "a voucher that its batch does not settle",
    withLine(3, "voucher", 2, (line, { hands }) => [
      line,
      { ...line, lane: 9, amount: "5", signature: hands.promise(hands.payer, hands.payee, 9, 5n) },
    ]),
    "bundle-rows",
    "does not settle lane 9",
  ],
  [
    "another statement",
    withLine(2, "statement", null, (line) => ({ ...line, signature: JUNK })),
    "bundle-rows",
    "settles a statement that its bundle does not list",
  ],
  [
    "a statement of other lanes",
    withLine(2, "statement", null, (line) => ({ ...line, lanes: [6] })),
    "bundle-rows",
    "does not settle a statement that its bundle lists",
  ],
  [
    "a listed voucher that the session key did not sign",
    withLine(0, "omitted", 3, (line) => ({ ...line, amount: "10999" })),
    "bundle-voucher",
    "lists a voucher on lane 3",
  ],
  [
    "a listed voucher above its cap",
    withLine(0, "omitted", 3, repromised(20_001n)),
    "bundle-voucher",
    "above the cap of its allotment",
  ],
  [
    "a row below the voucher that T lists",
    withLine(0, "voucher", 1, repromised<VoucherLine>(60_001n)),
    "row-below-voucher",
    "settles less than the voucher of 60001",
  ],
  [
    "a statement's row below the voucher that T lists",
    withLine(2, "voucher", 6, repromised<VoucherLine>(9_001n)),
    "row-below-voucher",
    "settles less than the voucher of 9001",
  ],
];

const ALLOTMENT_LIES: readonly BundleLie[] = [
  [
    "a lane given twice",
    withLine(1, "allotment", 9, (line, run) => [line, regranted({ lane: 3, cap: "7" })(line, run)]),
    "lane-given",
    "lane 3 of",
  ],
  [
    "a lane given after a greater one",
    withLines(0, (lines) => {
      const [head, first, second, ...rest] = lines;
      return [head, second, first, ...rest] as never;
    }),
    "lane-given",
    "was given after lane 2",
  ],
  [
    "a claim on another allotment than the published one",
    withFacts(withCall("claim", (call) => ({ ...call, allotment: { ...call.allotment, cap: 31_000n } }), 1)),
    "lane-given",
    "shows an allotment with another cap",
  ],
  [
    "an allotment of a stranger",
    withLine(
      0,
      "allotment",
      4,
      regranted({}, ({ hands }) => hands.second.session),
    ),
    "allotment-signature",
    "who was no allotter then",
  ],
  [
    "an allotment that nobody signed",
    withLine(0, "allotment", 4, (line) => ({ ...line, signature: `0x${"ff".repeat(64)}` })),
    "allotment-signature",
    "is signed by nobody",
  ],
  [
    "an allotment of an allotter long before its time",
    together(
      withFacts(withTransactionOf("AllotterSet", later(3_000), 1)),
      withLine(
        0,
        "allotment",
        4,
        regranted({}, ({ hands }) => hands.clerk),
      ),
    ),
    "allotment-signature",
    "who was no allotter then",
  ],
  [
    "an allotment of a retired allotter",
    (run) => {
      const retirement = run.facts.find(({ events }) => events.some(({ kind }) => kind === "AllotterRetired"));
      const { block: issuedAtBlock, time: issuedAt } = retirement as (typeof run.facts)[number];
      return withLine(1, "allotment", 9, regranted({ issuedAtBlock, issuedAt }))(run);
    },
    "allotment-signature",
    "who was retired at",
  ],
  [
    "an allotment that lives longer than A",
    withLine(0, "allotment", 4, (line, run) => regranted({ expiresAt: line.expiresAt + 1 })(line, run)),
    "allotment-terms",
    "ends 1 s later than A allows",
  ],
  [
    "an allotment that outlives its session",
    withFacts(withEvent("SessionAuthorized", (event) => ({ ...event, expiresAt: 1_700_000_000 }))),
    "allotment-terms",
    "outlives its session",
  ],
  [
    "an allotment of a session that is not there",
    withLine(0, "allotment", 4, (line, run) => regranted({ sessionKey: line.payeeKey })(line, run)),
    "allotment-terms",
    "is for a session that its wallet had not authorized",
  ],
  [
    "an allotment whose block has another time",
    withLine(0, "allotment", 4, (line) => ({ ...line, issuedAt: line.issuedAt + 50 })),
    "allotment-terms",
    "has a time that it cannot have",
  ],
  [
    "an allotment issued after its bundle",
    withLine(0, "allotment", 4, (line) => ({ ...line, issuedAtBlock: line.issuedAtBlock + 1_000 })),
    "allotment-terms",
    "issued after its bundle was made",
  ],
  [
    "an allotment that names no block, after others",
    withLine(0, "allotment", 4, (line) => ({ ...line, issuedAtBlock: 0, issuedAt: 0 })),
    "allotment-terms",
    "names no block, though earlier ones do",
  ],
  [
    "an allotment for the payer itself",
    withLine(0, "allotment", 4, (line, run) => regranted({ payee: line.payer })(line, run)),
    "allotment-terms",
    "is for the payer itself",
  ],
  [
    "allotments above the deposit",
    withFacts(withEvent("Deposited", (event) => ({ ...event, amount: 225_999n }))),
    "allotment-covered",
    "its live lanes may take 226000; its deposit had 225999",
  ],
  [
    "allotments above the session's limit",
    withFacts(withEvent("SessionAuthorized", (event) => ({ ...event, limit: 225_999n }))),
    "allotment-covered",
    "had 225999",
  ],
  [
    "one allotment above what is left",
    withLine(
      1,
      "allotment",
      9,
      regranted({ cap: "24001" }, ({ hands }) => hands.clerk),
    ),
    "allotment-covered",
    "may take 160101; the limit of its session",
  ],
  [
    "a release of what live lanes need",
    (run) =>
      withFacts(
        withEvent(
          "AllotterSet",
          (event) => [
            event,
            {
              kind: "Released",
              account: run.facts.flatMap(({ events }) => events.filter((one) => one.kind === "Deposited"))[0]
                ?.account as string,
              to: event.allotter,
              amount: 100_000n,
              nonce: 0,
              allotter: event.allotter,
            },
          ],
          1,
        ),
      )(run),
    "allotment-covered",
    "after its release",
  ],
  [
    "a row for another payee than its allotment",
    withLine(0, "allotment", 3, (line, run) => regranted({ payee: run.hands.second.account })(line, run)),
    "row-allotment",
    "pays another payee than its allotment",
  ],
  [
    "a row of another session key than its allotment",
    withLine(0, "allotment", 3, (line, run) => regranted({ sessionKey: line.payeeKey })(line, run)),
    "row-allotment",
    "is of another session key than its allotment",
  ],
  [
    "a row above its allotment's cap",
    withLine(0, "allotment", 3, regranted({ cap: "11999" })),
    "row-allotment",
    "is above its cap",
  ],
  [
    "a row without an allotment",
    withLine(0, "allotment", 3, () => null),
    "row-allotment",
    "is of a lane whose allotment no bundle holds",
  ],
  [
    "lanes that the bond cannot cover",
    (run) => ({
      ...withLine(
        1,
        "allotment",
        9,
        regranted({ cap: "300000" }, ({ hands }) => hands.clerk),
      )(run),
      end: { block: run.end.block, time: run.end.time - 300 },
    }),
    "bond-cover",
    "beyond their payers' money; bond and budgets cover 50000",
  ],
  [
    "lanes that the bond could not cover once",
    withLine(
      1,
      "allotment",
      9,
      regranted({ cap: "300000" }, ({ hands }) => hands.clerk),
    ),
    "bond-cover",
    "beyond their payers' money; bond and budgets cover 50000",
  ],
  [
    "more credit than a quarter of the content",
    (run) => ({
      ...run,
      contents: new Map([[`0x${"ab".repeat(20)}`, { sizeBytes: 8 * 2 ** 20 - 1, pieceLength: 65_536 }]]),
    }),
    "credit",
    "its payer may owe 2097152 bytes",
  ],
];

const OMISSION_LIES: readonly BundleLie[] = [
  ["a voucher forgotten", withLine(1, "omitted", 3, () => null), "voucher-left-out", "which lists it no more"],
  [
    "a voucher forgotten behind a bundle of allotments only",
    (run) => withEmptyBundle(2, withLine(2, "omitted", 3, () => null)(run)),
    "voucher-left-out",
    "which lists it no more",
  ],
  ["a voucher lowered", withLine(2, "omitted", 3, repromised(11_000n)), "voucher-left-out", "than in the one before"],
  [
    "a claim that was not",
    withLine(0, "omitted", 3, (line) => ({ ...line, reason: "CLAIMED" })),
    "voucher-left-out",
    "was left out as CLAIMED, but no claim has used its lane",
  ],
  [
    "a skip that was not",
    withLine(1, "omitted", 3, (line) => ({ ...line, reason: "SKIPPED" })),
    "voucher-left-out",
    "was left out as SKIPPED, but no batch has skipped it",
  ],
  [
    "dust that was not",
    withLine(0, "omitted", 2, (line) => ({ ...line, reason: "DUST" })),
    "voucher-left-out",
    "was left out as DUST, but its batch settles a voucher of 29000",
  ],
  [
    "a wait that was over",
    together(
      withLine(0, "allotment", 3, (line, run) => regranted({ expiresAt: line.expiresAt - 240 })(line, run)),
      withLine(0, "omitted", 3, (line) => ({ ...line, receivedAt: line.receivedAt - 240 })),
    ),
    "voucher-left-out",
    "was left out as WAITING, but its time was over",
  ],
  [
    "vouchers that no batch settles any more",
    withFacts((all) =>
      all.filter(({ events }) => !events.some((event) => event.kind === "Settled" && event.batch === 3)),
    ),
    "voucher-left-out",
    "was never settled",
  ],
  [
    "a batch that came too late",
    withFacts(withTransactionOf("Settled", later(300), 2)),
    "settlement-delay",
    "s too late",
  ],
  [
    "a skipped row that no claim has overtaken",
    withFacts(
      inTurn(
        withCall("settle", (call) => ({ ...call, batch: withBit(call.batch, 1) }), 2),
        withEvent("Settled", (event) => [{ kind: "RowSkipped", batch: 3, row: 1, reason: "SIGNATURE" }, event], 2),
      ),
    ),
    "row-overtaken",
    "was skipped as SIGNATURE, though no claim has used its lane",
  ],
  [
    "a claim on an allotment that was never published",
    together(
      withLine(0, "allotment", 8, () => null),
      withHeader(3, (header) => ({ ...header, time: header.time + 200 })),
      withFacts(withTransactionOf("Settled", later(300), 2)),
    ),
    "allotment-published",
    "shows is in no bundle",
  ],
];

export const BUNDLE_LIES: readonly BundleLie[] = [...FILE_LIES, ...LISTING_LIES, ...ALLOTMENT_LIES, ...OMISSION_LIES];
