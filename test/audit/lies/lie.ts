import { getAddress } from "ethers";
import type { CheckName } from "../../../audit/checks.ts";
import type { Call, CallOf } from "../../../audit/facts/calls.ts";
import type { ChainEvent, EventOf } from "../../../audit/facts/events.ts";
import type { TransactionFacts } from "../../../audit/facts/facts.ts";

/** The history with one change, as a lying contract or node might show it. */
export type Change = (facts: readonly TransactionFacts[]) => readonly TransactionFacts[];

/** What is wrong, how, the check that must find it, and what that must say where it can say several things. */
export type Lie = readonly [sentence: string, change: Change, check: CheckName, says?: string];

export const STRANGER = getAddress(`0x${"57".repeat(20)}`);

/** Changes the event of this kind with this index, counted over the whole history; null drops it. */
export function withEvent<K extends ChainEvent["kind"]>(
  kind: K,
  change: (event: EventOf<K>) => ChainEvent | readonly ChainEvent[] | null,
  index = 0,
): Change {
  return (all) => {
    const counter = createCounter(index);
    const changed = all.map((one) => ({
      ...one,
      events: one.events.flatMap((event) =>
        event.kind === kind && counter.isHit() ? (change(event as EventOf<K>) ?? []) : event,
      ),
    }));
    return counter.check(changed);
  };
}

/** Changes the call of this kind with this index, counted over the whole history; null drops it. */
export function withCall<K extends Call["kind"]>(kind: K, change: (call: CallOf<K>) => Call | null, index = 0): Change {
  return (all) => {
    const counter = createCounter(index);
    const changed = all.map((one) => ({
      ...one,
      calls:
        one.calls?.flatMap((call) =>
          call.kind === kind && counter.isHit() ? (change(call as CallOf<K>) ?? []) : call,
        ) ?? null,
    }));
    return counter.check(changed);
  };
}

/** Changes the transaction that holds the event of this kind with this index. */
export function withTransactionOf(
  kind: ChainEvent["kind"],
  change: (facts: TransactionFacts) => readonly TransactionFacts[],
  index = 0,
): Change {
  return (all) => {
    const counter = createCounter(index);
    const changed = all.flatMap((one) =>
      one.events.filter((event) => event.kind === kind && counter.isHit()).length > 0 ? change(one) : one,
    );
    return counter.check(changed);
  };
}

/** Several changes of one lie, which fit each other. */
export const inTurn =
  (...changes: readonly Change[]): Change =>
  (all) =>
    changes.reduce((facts, change) => change(facts), all);

/** The transaction happens once more. */
export const twice = (facts: TransactionFacts): readonly TransactionFacts[] => [facts, facts];

/** The transaction happens so many seconds later. */
export const later =
  (seconds: number) =>
  (facts: TransactionFacts): readonly TransactionFacts[] => [{ ...facts, time: facts.time + seconds }];

/** Bytes with one bit changed, in the byte that stands so far from the end; 1 is the last. */
export function withBit(hex: string, fromEnd: number): string {
  const bytes = Buffer.from(hex.slice(2), "hex");
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] as number) ^ 1;
  return `0x${bytes.toString("hex")}`;
}

/** A lie about what is not there would prove nothing. */
function createCounter(index: number) {
  let seen = 0;
  return {
    isHit: () => seen++ === index,
    check<T>(changed: T): T {
      if (seen <= index) throw new Error(`the history has only ${seen} of these`);
      return changed;
    },
  };
}
