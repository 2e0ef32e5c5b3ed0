import type { CheckName } from "../../../audit/checks.ts";
import type { Call } from "../../../audit/facts/calls.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import {
  type CallPlace,
  callBeside,
  callsOf,
  type EventPlace,
  eventsOf,
  withCalls,
  withEvents,
  withTransaction,
} from "./edit.ts";
import type { Kind } from "./kind.ts";

/** A part of what the finding says: always the same, or by what is changed. */
export type Says<P> = string | ((place: P) => string);

/** Tells the lie about the first place, in random order, where it would be one. */
export function about<P>(
  name: string,
  check: CheckName,
  placesOf: (recording: Recording) => readonly P[],
  change: (recording: Recording, place: P, random: Random) => Recording | null,
  says: Says<P> = "",
): Kind {
  return {
    name,
    tell(recording, random) {
      for (const place of random.shuffled(placesOf(recording))) {
        const changed = change(recording, place, random);
        if (changed === null) continue;
        return { recording: changed, checks: [check], says: typeof says === "string" ? says : says(place) };
      }
      return null;
    },
  };
}

/** Other events instead of one of this kind. Null: that would be no lie. */
export function ofEvent<K extends ChainEvent["kind"]>(
  name: string,
  kind: K,
  check: CheckName,
  change: (place: EventPlace<K>, random: Random, recording: Recording) => readonly ChainEvent[] | null,
  says?: Says<EventPlace<K>>,
): Kind {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, kind),
    (recording, place, random) => {
      const events = change(place, random, recording);
      return events && withEvents(recording, place, events);
    },
    says,
  );
}

/** Another call instead of one of these kinds, or none. Null: that would be no lie. */
export function ofCall<K extends Call["kind"]>(
  name: string,
  kinds: readonly K[],
  check: CheckName,
  change: (place: CallPlace<K>, random: Random, recording: Recording) => Call | readonly [] | null,
  says?: Says<CallPlace<K>>,
): Kind {
  return about(
    name,
    check,
    (recording) => callsOf(recording, ...kinds),
    (recording, place, random) => {
      const call = change(place, random, recording);
      return call && withCalls(recording, place, [call].flat());
    },
    says,
  );
}

/** The transaction of such an event, with such a call in it, happens twice. */
export function twice(
  name: string,
  kind: ChainEvent["kind"],
  calls: readonly Call["kind"][],
  check: CheckName,
  says?: string,
): Kind {
  return ofTransaction(name, kind, calls, check, ({ facts }) => [facts, facts], says);
}

/**
 * Other transactions instead of that of such an event with such a call. Null: that would be no lie.
 */
export function ofTransaction<K extends ChainEvent["kind"]>(
  name: string,
  kind: K,
  calls: readonly Call["kind"][],
  check: CheckName,
  change: (place: EventPlace<K>, call: Call, random: Random) => readonly EventPlace<K>["facts"][] | null,
  says?: Says<EventPlace<K>>,
): Kind {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, kind),
    (recording, place, random) => {
      const call = callBeside(recording, place, calls);
      const changed = call && change(place, call.item, random);
      return changed && withTransaction(recording, place.tx, () => changed);
    },
    says,
  );
}
