import type { Call, CallOf } from "../../../audit/facts/calls.ts";
import type { ChainEvent, EventOf } from "../../../audit/facts/events.ts";
import type { TransactionFacts } from "../../../audit/facts/facts.ts";
import type { Address, Hex } from "../../../audit/facts/primitives.ts";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";

/** Where in a history something stands, and what. */
export interface Place<T> {
  readonly tx: number;
  readonly at: number;
  readonly facts: TransactionFacts;
  readonly item: T;
}

export type EventPlace<K extends ChainEvent["kind"]> = Place<EventOf<K>>;
export type CallPlace<K extends Call["kind"]> = Place<CallOf<K>>;

/** In no history: neither a party nor a key. */
export const STRANGER: Address = "0x5757575757575757575757575757575757575757";

export function eventsOf<K extends ChainEvent["kind"]>(recording: Recording, ...kinds: readonly K[]): EventPlace<K>[] {
  return recording.history.flatMap((facts, tx) =>
    facts.events.flatMap((item, at) =>
      (kinds as readonly string[]).includes(item.kind) ? { tx, at, facts, item: item as EventOf<K> } : [],
    ),
  );
}

export function callsOf<K extends Call["kind"]>(recording: Recording, ...kinds: readonly K[]): CallPlace<K>[] {
  return recording.history.flatMap((facts, tx) =>
    (facts.calls ?? []).flatMap((item, at) =>
      (kinds as readonly string[]).includes(item.kind) ? { tx, at, facts, item: item as CallOf<K> } : [],
    ),
  );
}

/** The call in the event's transaction that fits it. */
export function callBeside<K extends Call["kind"]>(
  recording: Recording,
  { tx }: Pick<Place<unknown>, "tx">,
  kinds: readonly K[],
  fits: (call: CallOf<K>) => boolean = () => true,
): CallPlace<K> | null {
  return callsOf(recording, ...kinds).find((place) => place.tx === tx && fits(place.item)) ?? null;
}

/** None, one or several events instead of the one at this place. */
export function withEvents(
  recording: Recording,
  { tx, at }: Pick<Place<unknown>, "tx" | "at">,
  events: readonly ChainEvent[],
): Recording {
  return withTransaction(recording, tx, (facts) => [{ ...facts, events: facts.events.toSpliced(at, 1, ...events) }]);
}

export function withCalls(
  recording: Recording,
  { tx, at }: Pick<Place<unknown>, "tx" | "at">,
  calls: readonly Call[],
): Recording {
  return withTransaction(recording, tx, (facts) => [
    { ...facts, calls: facts.calls?.toSpliced(at, 1, ...calls) ?? null },
  ]);
}

/** None, one or several transactions instead of this one. */
export function withTransaction(
  recording: Recording,
  tx: number,
  change: (facts: TransactionFacts) => readonly TransactionFacts[],
): Recording {
  const { history } = recording;
  return { ...recording, history: history.flatMap((facts, i) => (i === tx ? change(facts) : [facts])) };
}

/** Other bytes: one bit of them is changed. */
export function flipBit(hex: Hex, random: Random): Hex {
  return bytesToHex(flipSignature(hexToBytes(hex), random));
}

export function flipSignature(signature: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(signature);
  const index = random.below(bytes.length);
  bytes[index] = (bytes[index] as number) ^ (1 << random.below(8));
  return bytes;
}

/** Who the owner was after the transactions before this one. */
export function ownerBefore(recording: Recording, tx: number): Address {
  return eventsOf(recording, "OwnershipTransferred").findLast((place) => place.tx < tx)?.item.newOwner ?? STRANGER;
}
