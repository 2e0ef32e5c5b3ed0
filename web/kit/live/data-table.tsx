import type { ComponentChildren } from "preact";
import { Paged } from "./paged.tsx";

export interface DataColumn<T> {
  readonly name: string;
  /** Numbers stand at the right, in figures of one width. */
  readonly isNumber?: boolean;
  /** It names its row. */
  readonly isHead?: boolean;
  readonly class?: string;
  readonly cell: (row: T) => ComponentChildren;
}

interface Props<T> {
  /** Names the table for screen readers. */
  readonly label: string;
  readonly columns: readonly DataColumn<T>[];
  readonly rows: readonly T[];
  /** Of one row, apart from all others. */
  readonly keyOf: (row: T) => string | number;
  /** How many rows are drawn at once. */
  readonly size?: number;
  readonly class?: string;
}

/**
 * A table of any length that changes while it is looked at. One page of rows is drawn, and it
 * scrolls by itself where the screen is narrow.
 */
export function DataTable<T>({ label, columns, rows, keyOf, size = 100, class: name }: Props<T>) {
  return (
    <Paged label={`Pages: ${label}`} items={rows} size={size}>
      {(shown) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section class="scroll" aria-label={label} tabIndex={0}>
          <table class={name}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.name} scope="col" class={classOf(column)}>
                    {column.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Row key={keyOf(row)} row={row} columns={columns} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Paged>
  );
}

function Row<T>({ row, columns }: { row: T; columns: readonly DataColumn<T>[] }) {
  return (
    <tr>
      {columns.map((column) =>
        column.isHead ? (
          <th key={column.name} scope="row">
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.name} class={classOf(column)}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

function classOf<T>({ isNumber, class: name }: DataColumn<T>): string | undefined {
  return name ?? (isNumber ? "n" : undefined);
}
