import type { Header } from "../block.ts";
import { applyEvents } from "./apply-events.ts";
import {
  type AccountRecord,
  type ContractState,
  nameOf,
  namesIn,
  type RecordName,
  type Records,
  type TermsRecord,
} from "./contract-state.ts";
import type { MirrorEvent } from "./mirror-events.ts";
import { decodeRecord } from "./record-text.ts";
import type { ChainSource, Readings } from "./source.ts";

type AnyRecord = Records[keyof Records];

export interface NextRecords {
  /** Those that change. */
  readonly records: ReadonlyMap<RecordName, AnyRecord>;
  /** How the contract differs from what events say; null if it does not. */
  readonly difference: string | null;
}

/** Names of records that must be read once more: an earlier block's state was gone. */
const STALE: RecordName = "stale:";

/** What the mirror holds after these events, which end with `block`. */
export async function nextRecords({
  source,
  block,
  events,
  isLast,
  read,
}: {
  readonly source: ChainSource;
  readonly block: Header;
  readonly events: readonly MirrorEvent[];
  /** No further block is followed now: what events do not tell is read at this one. */
  readonly isLast: boolean;
  readonly read: (names: readonly RecordName[]) => Promise<ReadonlyMap<RecordName, string>>;
}): Promise<NextRecords> {
  const state = new Map<RecordName, AnyRecord>();
  const load = async (names: readonly RecordName[]): Promise<void> => {
    for (const [name, text] of await read(names)) state.set(name, decodeRecord(text));
  };
  await load([nameOf.terms, STALE]);
  const { feeRecipient } = (state.get(nameOf.terms) ?? { feeRecipient: null }) as TermsRecord;
  const waiting = (state.get(STALE) ?? []) as readonly RecordName[];
  await load([...namesIn(events, feeRecipient), ...waiting]);

  const times = new Map<number, number>([[block.number, block.timestamp]]);
  for (const { type, block: number } of events) {
    // Only these count from a time on.
    if ((type !== "fee" && type !== "allotter") || times.has(number)) continue;
    times.set(number, (await source.header(number))?.timestamp ?? block.timestamp);
  }
  const records = new Map(applyEvents(state, events, (number) => times.get(number) ?? block.timestamp));
  const stale = [
    ...new Set([...waiting, ...[...records].filter(([, record]) => isStale(record)).map(([name]) => name)]),
  ];
  if (!isLast) return { records: withStale(records, waiting, stale), difference: null };
  const readings = await source.readAt(block.hash, stale);
  if (readings === null) return { records: withStale(records, waiting, stale), difference: null };
  for (const name of stale) {
    const fresh = refresh(records.get(name) ?? state.get(name), readings.values.get(name));
    if (fresh !== null) records.set(name, fresh);
  }
  return { records: withStale(records, waiting, []), difference: differenceOf(records, state, readings) };
}

function withStale(
  records: ReadonlyMap<RecordName, AnyRecord>,
  before: readonly RecordName[],
  after: readonly RecordName[],
): NextRecords["records"] {
  if (before.length === after.length && before.every((name, index) => after[index] === name)) return records;
  return new Map<RecordName, AnyRecord>([...records, [STALE, after as unknown as AnyRecord]]);
}

function isStale(record: AnyRecord): boolean {
  if (typeof record !== "object") return false;
  return "isNonceStale" in record && record.isNonceStale;
}

function refresh(record: AnyRecord | undefined, value: bigint | undefined): AnyRecord | null {
  if (record === undefined || value === undefined) return null;
  return { ...(record as AccountRecord), nonce: value, isNonceStale: false };
}

/** Events that a node has left out show in the sums. */
function differenceOf(
  records: ReadonlyMap<RecordName, AnyRecord>,
  state: ContractState,
  { batchCount, totalBalance }: Readings,
): string | null {
  const known = (records.get(nameOf.terms) ?? state.get(nameOf.terms)) as TermsRecord | undefined;
  const [batches, total] = [known?.batchCount ?? 0n, known?.totalBalance ?? 0n];
  if (batches !== batchCount) return `${batches} batches, but the contract counts ${batchCount}`;
  return total === totalBalance ? null : `all balances are ${total} base units, but the contract says ${totalBalance}`;
}
