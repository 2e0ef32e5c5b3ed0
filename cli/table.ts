/** Title of each column; a leading ">" aligns its cells to the right. */
type Columns = readonly string[];

/** A table for a terminal. The library is loaded only here: `--help` must not wait for it. */
export async function formatTable(columns: Columns, rows: readonly (readonly (string | number)[])[]): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: columns.map((title) => title.replace(/^>/, "")),
    colAligns: columns.map((title) => (title.startsWith(">") ? "right" : "left")),
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
