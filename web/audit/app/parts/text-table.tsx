import type { ComponentChildren } from "preact";
import type { TextColumn } from "../../../../audit/report/columns.ts";
import { Paged } from "../../../kit/live/paged.tsx";

interface Props<T> {
  readonly label: string;
  readonly columns: readonly TextColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  /** Stands in front of each row. */
  readonly head?: { readonly title: string; readonly cell: (row: T) => ComponentChildren };
  readonly size?: number;
}

/** A table of any length, of which one page is drawn. Numbers stand right, zeros are pale. */
export function TextTable<T>({ label, columns, rows, keyOf, head, size = 25 }: Props<T>) {
  const side = (isNumber = false): string => (isNumber ? "n" : "t");
  const classOf = (text: string, isNumber = false): string =>
    isNumber && /^[0.,]*$/.test(text) ? "n soft" : side(isNumber);
  return (
    <Paged label={`Pages: ${label}`} items={rows} size={size}>
      {(shown) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: What scrolls must be reached by keys.
        <section class="scroll" aria-label={label} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {head && <th scope="col">{head.title}</th>}
                {columns.map(({ title, isNumber }) => (
                  <th key={title} scope="col" class={side(isNumber)}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={keyOf(row)}>
                  {head && <td>{head.cell(row)}</td>}
                  {columns.map(({ title, isNumber, text }) => (
                    <td key={title} class={classOf(text(row), isNumber)}>
                      {text(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Paged>
  );
}
