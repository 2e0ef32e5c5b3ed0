import { keccak256 } from "ethers";
import type { ChainEvent, SkipReason } from "../../../audit/facts/events.ts";
import { type Change, type Lie, STRANGER, withBit, withCall, withEvent } from "./lie.ts";

/** A row of the fourth batch, which has paid, is said to be skipped. */
const skipGoodRow = withEvent(
  "Settled",
  (event) => [{ kind: "RowSkipped", batch: 4, row: 0, reason: "UNCOVERED" }, event],
  3,
);

/** A row that must not pay is said to have paid. */
const unskip =
  (reason: SkipReason): Change =>
  (all) => {
    const isSkip = (event: ChainEvent): boolean => event.kind === "RowSkipped" && event.reason === reason;
    return all.map((one) => ({ ...one, events: one.events.filter((event) => !isSkip(event)) }));
  };

export const BATCH_LIES: readonly Lie[] = [
  ["a batch of someone else", withCall("settle", (call) => ({ ...call, sender: STRANGER })), "operator"],
  [
    "a batch of someone else among others",
    withCall("settle", (call) => ({ ...call, sender: STRANGER }), 5),
    "operator",
  ],
  ["a batch without calldata", withCall("settle", () => null), "batch-calldata", "no call of settle explains batch 1"],
  [
    "calldata of no batch",
    withCall("settle", (call) => ({ ...call, batch: "0x00" })),
    "batch-calldata",
    "its version is 0",
  ],
  [
    "a batch of an unknown version",
    withCall("settle", (call) => ({ ...call, batch: `0x03${call.batch.slice(4)}` })),
    "batch-calldata",
    "its version is 3",
  ],
  [
    "a batch of statements that is cut",
    withCall("settle", (call) => ({ ...call, batch: call.batch.slice(0, -2) }), 2),
    "batch-calldata",
    "it ends at byte 356, before byte 357",
  ],
  [
    "a batch number left out",
    withEvent("Settled", (event) => ({ ...event, batch: 7 }), 2),
    "batch-calldata",
    "batch 7 follows batch 2",
  ],
  [
    "another bundle hash",
    withEvent("Settled", (event) => ({ ...event, bundleHash: keccak256("0x") })),
    "batch-calldata",
    "another bundle hash",
  ],
  [
    "a paid row with another signature",
    withCall("settle", (call) => ({ ...call, batch: withBit(call.batch, 1) }), 3),
    "row-signature",
  ],
  [
    "a paid row with another amount",
    withCall("settle", (call) => ({ ...call, batch: withBit(call.batch, 65) }), 3),
    "row-signature",
  ],
  ["a row paid that nobody signed", unskip("SIGNATURE"), "row-signature"],
  ["a statement's row paid that nobody signed", unskip("SIGNATURE"), "statement-signature"],
  [
    "a statement with another signature",
    withCall("settle", (call) => ({ ...call, batch: withBit(call.batch, 19) }), 5),
    "statement-signature",
  ],
  [
    "a statement with another amount",
    withCall("settle", (call) => ({ ...call, batch: withBit(call.batch, 1) }), 5),
    "statement-signature",
  ],
  ["a row paid of a session that nobody authorized", withEvent("SessionAuthorized", () => null, 1), "row-session"],
  [
    "a row paid above the session's limit",
    withEvent("SessionAuthorized", (event) => ({ ...event, limit: 100_000n })),
    "row-covered",
  ],
  ["a row paid above the balance", withEvent("Deposited", (event) => ({ ...event, amount: 100_000n })), "row-covered"],
  ["a lane paid twice", unskip("STALE"), "row-lane"],
  ["a payer that paid itself", unskip("PAYEE"), "row-payee"],
  ["a good row said to be skipped", skipGoodRow, "row-skipped", "skipped as UNCOVERED, but nothing speaks against it"],
  [
    "a wrong reason for skipping",
    withEvent("RowSkipped", (event) => ({ ...event, reason: "SESSION" })),
    "row-skipped",
    "skipped as SESSION; the reason is",
  ],
  [
    "a skipped row that is not there",
    withEvent("RowSkipped", (event) => [event, { ...event, row: 99 }]),
    "row-skipped",
    "skipped row 99, but has 6 rows",
  ],
  [
    "a debit that is too small",
    withEvent("Debited", (event) => ({
      ...event,
      entries: event.entries.map((entry, i) => (i === 0 ? { ...entry, amount: entry.amount - 1n } : entry)),
    })),
    "batch-totals",
  ],
  ["debits left out", withEvent("Debited", () => null), "batch-totals", "it took 0 from"],
  [
    "a credit to someone else",
    withEvent("Credited", (event) => ({
      ...event,
      entries: event.entries.map((entry, i) => (i === 0 ? { ...entry, account: STRANGER } : entry)),
    })),
    "batch-totals",
    "it paid 0 to",
  ],
  ["a credit told twice", withEvent("Credited", (event) => [event, event]), "batch-totals"],
  [
    "another total",
    withEvent("Settled", (event) => ({ ...event, total: event.total + 1n })),
    "batch-totals",
    "it moved 220002; its paid rows sum to 220001",
  ],
  ["a batch without its end", withEvent("Settled", () => null), "batch-totals", "no Settled event closes it"],
  ["another outcome", withEvent("Settled", (event) => ({ ...event, outcomeHash: keccak256("0x") })), "outcome-hash"],
  [
    "a fee that is one unit too high",
    withEvent("Settled", (event) => ({ ...event, fee: event.fee + 1n })),
    "fee",
    "took a fee of 2201; 100 basis points of each paid row are 2200",
  ],
];
