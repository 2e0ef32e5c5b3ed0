import { type BundleLie, regranted, together, withFacts, withLine, withLines } from "./bundle-lie.ts";
import { later, withCall, withEvent, withTransactionOf } from "./lie.ts";

export const ALLOTMENT_LIES: readonly BundleLie[] = [
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
