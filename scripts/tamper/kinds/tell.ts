import type { CheckName } from "../../../audit/checks.ts";
import type { Call } from "../../../audit/facts/calls.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { type CallPlace, callsOf, type EventPlace, eventsOf, withCalls, withEvents } from "./edit.ts";
import type { Kind } from "./kind.ts";

/** Other events instead of one of this kind; null where that would be no lie. */
export function ofEvent<K extends ChainEvent["kind"]>(
  name: string,
  kind: K,
  check: CheckName,
  change: (place: EventPlace<K>, random: Random, recording: Recording) => readonly ChainEvent[] | null,
): Kind {
  return {
    name,
    tell(recording, random) {
      for (const place of random.shuffled(eventsOf(recording, kind))) {
        const events = change(place, random, recording);
        if (events !== null) return { recording: withEvents(recording, place, events), checks: [check] };
      }
      return null;
    },
  };
}

/** Another call instead of one of these kinds; null where that would be no lie. */
export function ofCall<K extends Call["kind"]>(
  name: string,
  kinds: readonly K[],
  check: CheckName,
  change: (place: CallPlace<K>, random: Random, recording: Recording) => Call | null,
): Kind {
  return {
    name,
    tell(recording, random) {
      for (const place of random.shuffled(callsOf(recording, ...kinds))) {
        const call = change(place, random, recording);
        if (call !== null) return { recording: withCalls(recording, place, [call]), checks: [check] };
      }
      return null;
    },
  };
}
