import type { Entry, EventOf } from "./events.ts";

/** The events of one batch, from its first to its `Settled`. */
export interface BatchRecord {
  readonly number: number;
  readonly skipped: readonly EventOf<"RowSkipped">[];
  readonly debited: readonly Entry[];
  readonly credited: readonly Entry[];
  readonly settled: EventOf<"Settled">;
}
