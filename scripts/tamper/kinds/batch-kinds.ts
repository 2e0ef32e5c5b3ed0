import { keccak256 } from "viem";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { decodeBatch } from "../../../protocol/contract/batch.ts";
import { withBatch } from "./batch-edit.ts";
import { callsOf, eventsOf, STRANGER, withTransaction } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { ofCall, ofEvent } from "./tell.ts";

const anotherHash = (hash: string): string => keccak256(hash as `0x${string}`);

function entriesOf(kind: "Debited" | "Credited"): Kind {
  return ofEvent(`an amount of a ${kind} event`, kind, "batch-totals", ({ item }, random) => {
    // Of a batch that paid nothing it names nobody.
    if (item.entries.length === 0) return null;
    const index = random.below(item.entries.length);
    const entries = item.entries.map((entry, i) => (i === index ? { ...entry, amount: entry.amount + 1n } : entry));
    return [{ ...item, entries }];
  });
}

/** All events of one batch, changed together. */
function renumbered(events: readonly ChainEvent[], batch: number, number: number): ChainEvent[] {
  return events.map((event) => ("batch" in event && event.batch === batch ? { ...event, batch: number } : event));
}

/** What a batch's events, sender and bytes say as a whole. */
export const BATCH_KINDS: readonly Kind[] = [
  ofCall("a batch of a stranger", ["settle"], "operator", ({ item }) => ({ ...item, sender: STRANGER })),
  {
    name: "a batch of an operator who was replaced",
    tell(recording, random) {
      const operators = eventsOf(recording, "OperatorSet");
      const late = callsOf(recording, "settle").flatMap((place) => {
        const former = operators.filter(({ tx, item }) => tx < place.tx && item.operator !== place.item.sender);
        return former.map(({ item }) => ({ place, sender: item.operator }));
      });
      if (late.length === 0) return null;
      const { place, sender } = random.pick(late);
      const changed = withTransaction(recording, place.tx, (facts) => [
        { ...facts, calls: [{ ...place.item, sender }] },
      ]);
      return { recording: changed, checks: ["operator"] };
    },
  },
  ofCall("a batch cut short", ["settle"], "batch-calldata", ({ item }, random) => {
    const bytes = 1 + random.below(16);
    return { ...item, batch: item.batch.slice(0, -2 * bytes) };
  }),
  ofCall("a batch of another version", ["settle"], "batch-calldata", ({ item }, random) => {
    return { ...item, batch: `0x${(3 + random.below(99)).toString(16).padStart(2, "0")}${item.batch.slice(4)}` };
  }),
  {
    name: "an bundle hash in the calldata",
    tell(recording, random) {
      const places = callsOf(recording, "settle");
      if (places.length === 0) return null;
      const place = random.pick(places);
      const batch = decodeBatch(hexToBytes(place.item.batch));
      const bundleHash = keccak256(batch.bundleHash);
      return { recording: withBatch(recording, place, { ...batch, bundleHash }), checks: ["batch-calldata"] };
    },
  },
  ofEvent("an bundle hash in the event", "Settled", "batch-calldata", ({ item }) => [
    { ...item, bundleHash: anotherHash(item.bundleHash) },
  ]),
  ofEvent("an outcome hash", "Settled", "outcome-hash", ({ item }) => [
    { ...item, outcomeHash: anotherHash(item.outcomeHash) },
  ]),
  ofEvent("a batch's total", "Settled", "batch-totals", ({ item }, random) => [
    { ...item, total: item.total + random.between(1n, 1_000n) },
  ]),
  ofEvent("a batch's fee", "Settled", "fee", ({ item }, random) => [
    { ...item, fee: item.fee + random.between(1n, 1_000n) },
  ]),
  entriesOf("Debited"),
  entriesOf("Credited"),
  {
    name: "a batch's number",
    tell(recording, random) {
      const settled = eventsOf(recording, "Settled");
      if (settled.length === 0) return null;
      const { tx, item } = random.pick(settled);
      const number = item.batch + 1 + random.below(9);
      const changed = withTransaction(recording, tx, (facts) => [
        { ...facts, events: renumbered(facts.events, item.batch, number) },
      ]);
      return { recording: changed, checks: ["batch-calldata"] };
    },
  },
  ofEvent("the number of one event of a batch", "Debited", "batch-totals", ({ item }) => [
    { ...item, batch: item.batch + 1 },
  ]),
  {
    name: "a batch that no event tells",
    tell(recording, random) {
      const settled = eventsOf(recording, "Settled");
      if (settled.length === 0) return null;
      const changed = withTransaction(recording, random.pick(settled).tx, (facts) => [
        { ...facts, events: facts.events.filter((event) => !("batch" in event)) },
      ]);
      return { recording: changed, checks: ["call-events"] };
    },
  },
  // In honest histories rows are skipped because a claim was faster: as STALE.
  ofEvent("a bad row told as paid", "RowSkipped", "row-lane", () => []),
  ofEvent("a wrong reason for a skipped row", "RowSkipped", "row-skipped", ({ item }) => [
    { ...item, reason: "SIGNATURE" },
  ]),
  ofEvent("a skipped row that is not there", "RowSkipped", "row-skipped", ({ item }) => [
    item,
    { ...item, row: 4_000 },
  ]),
];
