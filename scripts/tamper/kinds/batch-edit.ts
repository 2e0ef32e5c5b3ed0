import type { CheckName } from "../../../audit/checks.ts";
import type { SkipReason } from "../../../audit/facts/events.ts";
import { bytesToHex, type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import {
  type Batch,
  type BatchGroup,
  type BatchRow,
  decodeBatch,
  encodeBatch,
} from "../../../protocol/contract/batch.ts";
import type { Recording } from "../recording.ts";
import { type CallPlace, callsOf, eventsOf, withCalls, withTransaction } from "./edit.ts";

/** A row that a batch has paid. */
export interface PaidRow {
  readonly place: CallPlace<"settle">;
  readonly batch: Batch;
  readonly number: number;
  readonly group: number;
  /** Within the group, and over all groups. */
  readonly row: number;
  readonly index: number;
}

export function paidRows(recording: Recording): PaidRow[] {
  return callsOf(recording, "settle").flatMap((place) => {
    const batch = decodeBatch(hexToBytes(place.item.batch));
    const number = eventsOf(recording, "Settled").find(({ tx }) => tx === place.tx)?.item.batch ?? 0;
    const skipped = eventsOf(recording, "RowSkipped").flatMap(({ item }) => (item.batch === number ? item.row : []));
    let index = 0;
    return batch.groups.flatMap(({ rows }, group) =>
      rows.flatMap((_, row) => {
        const paid = { place, batch, number, group, row, index: index++ };
        return skipped.includes(paid.index) ? [] : paid;
      }),
    );
  });
}

/** Which check must see that this row is not signed as it stands. */
export function signatureCheckOf({ batch }: PaidRow): CheckName {
  return batch.kind === "statements" ? "statement-signature" : "row-signature";
}

export function rowOf({ batch, group, row }: PaidRow): BatchRow {
  return groupOf({ batch, group }).rows[row] as BatchRow;
}

export function groupOf({ batch, group }: Pick<PaidRow, "batch" | "group">): BatchGroup {
  return batch.groups[group] as BatchGroup;
}

/** The recording with other bytes in a call of `settle`. */
export function withBatch(recording: Recording, place: CallPlace<"settle">, batch: Batch | Hex): Recording {
  const bytes = typeof batch === "string" ? batch : bytesToHex(encodeBatch(batch));
  return withCalls(recording, place, [{ ...place.item, batch: bytes }]);
}

/** The recording with other rows in one group. */
function withRows(recording: Recording, at: PaidRow, rows: readonly BatchRow[]): Recording {
  return withGroup(recording, at, { ...groupOf(at), rows });
}

export function withGroup(recording: Recording, { place, batch, group }: PaidRow, next: BatchGroup): Recording {
  return withBatch(recording, place, { ...batch, groups: batch.groups.toSpliced(group, 1, next) });
}

/** The batch's events say that the row was skipped. */
export function withSkipped(recording: Recording, { place, number, index }: PaidRow, reason: SkipReason): Recording {
  const skipped = { kind: "RowSkipped", batch: number, row: index, reason } as const;
  return withTransaction(recording, place.tx, (facts) => [{ ...facts, events: [skipped, ...facts.events] }]);
}

export function withRow(recording: Recording, at: PaidRow, change: Partial<BatchRow>): Recording {
  return withRows(recording, at, groupOf(at).rows.toSpliced(at.row, 1, { ...rowOf(at), ...change }));
}
