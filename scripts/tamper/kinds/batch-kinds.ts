import { keccak256 } from "viem";
import type { CheckName } from "../../../audit/checks.ts";
import type { ChainEvent, Entry, EventOf } from "../../../audit/facts/events.ts";
import { hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { decodeBatch, hashOutcome } from "../../../protocol/contract/batch.ts";
import { paidRowsOf } from "../../../protocol/contract/evidence.ts";
import { withBatch } from "./batch-edit.ts";
import { callBeside, callsOf, eventsOf, STRANGER, withCalls, withTransaction } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about, ofCall, ofEvent } from "./tell.ts";

const NOBODY: Address = `0x${"0".repeat(40)}`;

const anotherHash = (hash: string): string => keccak256(hash as `0x${string}`);

/** Other events instead of what a batch took or gave. A batch that paid nothing names nobody. */
function ofEntries(
  name: string,
  kind: "Debited" | "Credited",
  change: (item: EventOf<"Debited" | "Credited">, entry: Entry) => readonly ChainEvent[],
  says = "",
): Kind {
  return ofEvent<"Debited" | "Credited">(
    name,
    kind,
    "batch-totals",
    ({ item }, random) => (item.entries.length === 0 ? null : change(item, random.pick(item.entries))),
    says,
  );
}

const entriesWith = ({ entries }: { readonly entries: readonly Entry[] }, old: Entry, change: Partial<Entry>) =>
  entries.map((entry) => (entry === old ? { ...entry, ...change } : entry));

/** Events of batches in a transaction, changed together. */
function ofBatchEvents(
  name: string,
  check: CheckName,
  change: (events: readonly ChainEvent[], batch: number) => readonly ChainEvent[],
  says: string,
): Kind {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, "Settled"),
    (recording, { tx, item }) =>
      withTransaction(recording, tx, (facts) => [{ ...facts, events: change(facts.events, item.batch) }]),
    says,
  );
}

const isOf = (batch: number) => (event: ChainEvent) => "batch" in event && event.batch === batch;

/** What a batch's events, sender and bytes say as a whole. */
export const BATCH_KINDS: readonly Kind[] = [
  ofCall("a batch of a stranger", ["settle"], "operator", ({ item }) => ({ ...item, sender: STRANGER })),
  ofCall("a batch of a stranger, among other calls", ["settle"], "operator", ({ item, facts }) =>
    (facts.calls?.length ?? 0) > 1 ? { ...item, sender: STRANGER } : null,
  ),
  about(
    "a batch of a replaced operator",
    "operator",
    (recording) =>
      callsOf(recording, "settle").flatMap((place) =>
        eventsOf(recording, "OperatorSet").flatMap(({ tx, item }) =>
          tx < place.tx && item.operator !== place.item.sender ? { place, sender: item.operator } : [],
        ),
      ),
    (recording, { place, sender }) => withCalls(recording, place, [{ ...place.item, sender }]),
  ),
  ofCall("a batch without its call", ["settle"], "batch-calldata", () => [], "no call of settle explains batch"),
  ofCall(
    "a batch cut short",
    ["settle"],
    "batch-calldata",
    ({ item }, random) => ({ ...item, batch: item.batch.slice(0, -2 * (1 + random.below(16))) }),
    "cannot be read: it ends at byte",
  ),
  ofCall(
    "a batch of another version",
    ["settle"],
    "batch-calldata",
    ({ item }, random) => {
      const version = random.pick([0, 3 + random.below(99)]);
      return { ...item, batch: `0x${version.toString(16).padStart(2, "0")}${item.batch.slice(4)}` };
    },
    "cannot be read: its version is",
  ),
  about(
    "a batch mined after its time",
    "batch-calldata",
    (recording) => callsOf(recording, "settle"),
    (recording, place, random) => {
      const batch = decodeBatch(hexToBytes(place.item.batch));
      return withBatch(recording, place, { ...batch, validUntil: place.facts.time - 1 - random.below(99) });
    },
    "s after the time until which it was valid",
  ),
  about(
    "a batch with address 0 among its payees",
    "batch-calldata",
    (recording) => callsOf(recording, "settle"),
    (recording, place) => {
      const batch = decodeBatch(hexToBytes(place.item.batch));
      return withBatch(recording, place, { ...batch, payees: [NOBODY, ...batch.payees.slice(1)] });
    },
    "its payees do not ascend from address 1",
  ),
  about(
    "a batch with the contract among its payees",
    "batch-calldata",
    (recording) => callsOf(recording, "settle"),
    (recording, place) => {
      const batch = decodeBatch(hexToBytes(place.item.batch));
      const contract = recording.rules.contract.toLowerCase() as Address;
      return withBatch(recording, place, { ...batch, payees: [...batch.payees, contract].toSorted() });
    },
    "names the contract itself as a payee",
  ),
  about(
    "a batch that came through another contract",
    "operator-key",
    (recording) => eventsOf(recording, "Settled"),
    (recording, { tx }) => withTransaction(recording, tx, (facts) => [{ ...facts, isDirect: false }]),
    "came through another contract",
  ),
  about(
    "a bundle hash in the calldata",
    "batch-calldata",
    (recording) => callsOf(recording, "settle"),
    (recording, place) => {
      const batch = decodeBatch(hexToBytes(place.item.batch));
      return withBatch(recording, place, { ...batch, bundleHash: keccak256(batch.bundleHash) });
    },
    "announces another bundle hash",
  ),
  ofEvent(
    "a bundle hash in the event",
    "Settled",
    "batch-calldata",
    ({ item }) => [{ ...item, bundleHash: anotherHash(item.bundleHash) }],
    "announces another bundle hash",
  ),
  ofEvent("an outcome hash", "Settled", "outcome-hash", ({ item }) => [
    { ...item, outcomeHash: anotherHash(item.outcomeHash) },
  ]),
  ofEvent(
    "an outcome hash that says otherwise which rows were paid",
    "Settled",
    "outcome-hash",
    ({ item, tx }, random, recording) => {
      const call = callBeside(recording, { tx }, ["settle"]);
      if (call === null) return null;
      const batch = decodeBatch(hexToBytes(call.item.batch));
      const paid = paidRowsOf(batch, new Set());
      const one = random.below(paid.length);
      const outcomeHash = hashOutcome(batch, paid.with(one, 0n));
      return outcomeHash === item.outcomeHash ? null : [{ ...item, outcomeHash }];
    },
  ),
  ofEvent(
    "a batch's total",
    "Settled",
    "batch-totals",
    ({ item }) => [{ ...item, total: item.total + 1n }],
    ({ item: { total } }) => `it moved ${total + 1n}; its paid rows sum to ${total}`,
  ),
  ofEvent(
    "a batch's fee",
    "Settled",
    "fee",
    ({ item }) => [{ ...item, fee: item.fee + 1n }],
    ({ item: { batch, fee } }) => `batch ${batch} took a fee of ${fee + 1n}; `,
  ),
  ofEntries("an amount of a Debited event", "Debited", (item, entry) => [
    { ...item, entries: entriesWith(item, entry, { amount: entry.amount + 1n }) },
  ]),
  ofEntries("an amount of a Credited event", "Credited", (item, entry) => [
    { ...item, entries: entriesWith(item, entry, { amount: entry.amount - 1n }) },
  ]),
  ofEntries("debits left out", "Debited", () => [], "it took 0 from"),
  ofEntries(
    "a credit to a stranger",
    "Credited",
    (item, entry) => [{ ...item, entries: entriesWith(item, entry, { account: STRANGER }) }],
    "it paid 0 to",
  ),
  ofEntries("credits told twice", "Credited", (item) => [item, item]),
  ofBatchEvents(
    "a batch's number",
    "batch-calldata",
    (events, batch) =>
      events.map((event) => (isOf(batch)(event) ? { ...event, batch: batch + 5 } : event) as ChainEvent),
    "follows batch",
  ),
  ofEvent("the number of one event of a batch", "Debited", "batch-totals", ({ item }) => [
    { ...item, batch: item.batch + 1 },
  ]),
  ofEvent(
    "a batch without its end",
    "Settled",
    "batch-totals",
    ({ item, facts }) => (facts.events.filter(isOf(item.batch)).length > 1 ? [] : null),
    "no Settled event closes it",
  ),
  ofBatchEvents(
    "a batch that no event tells",
    "call-events",
    (events, batch) => events.filter((event) => !isOf(batch)(event)),
    "a call of settle by",
  ),
  // In honest histories rows are skipped because a claim was faster: as STALE.
  ofEvent("a bad row told as paid", "RowSkipped", "row-lane", () => []),
  ofEvent(
    "a wrong reason for a skipped row",
    "RowSkipped",
    "row-skipped",
    ({ item }) => [{ ...item, reason: "SIGNATURE" }],
    "was skipped as SIGNATURE; the reason is STALE",
  ),
  ofEvent(
    "a skipped row told twice in its batch",
    "RowSkipped",
    "row-skipped",
    ({ item }) => [item, item],
    ({ item: { row } }) => `names skipped row ${row} after row ${row}: they do not ascend`,
  ),
  ofEvent(
    "skipped rows out of order",
    "RowSkipped",
    "row-skipped",
    ({ item }) => [{ ...item, row: item.row + 1 }, item],
    ({ item: { row } }) => `names skipped row ${row} after row ${row + 1}: they do not ascend`,
  ),
  ofEvent(
    "a skipped row that is not there",
    "RowSkipped",
    "row-skipped",
    ({ item }) => [item, { ...item, row: 4_000 }],
    "skipped row 4000, but has",
  ),
];
