import Table from "cli-table3";
import { type Amount, formatBytes } from "../../protocol/base/units.ts";

/** What one kind of cheat came to. Money in base units. */
export interface Row {
  readonly scenario: string;
  readonly cheats: number;
  /** What the cheats got and did not pay for, or were paid for and did not give. */
  readonly gained: Take;
  /** What honest peers gave unpaid, downloaded in vain, or paid for nothing. */
  readonly lost: Take;
  /** The most of either that docs/protocol.md 4.11 allows. */
  readonly bound: Take & { readonly why: string };
  /** Whatever else had to hold and did not, each one sentence. */
  readonly problems: readonly string[];
  /** Measured, not judged. */
  readonly note: string;
}

export interface Take {
  readonly bytes: number;
  readonly money: Amount;
}

/** Everything that is wrong with a row; empty: the bound held. */
export function judge({ gained, lost, bound, problems }: Row): string[] {
  const wrong = [...problems];
  if (gained.bytes > bound.bytes) wrong.push(`the cheats gained ${gained.bytes} bytes, the bound is ${bound.bytes}`);
  if (lost.bytes > bound.bytes) wrong.push(`the honest lost ${lost.bytes} bytes, the bound is ${bound.bytes}`);
  if (gained.money > bound.money) wrong.push(`the cheats gained ${gained.money}, the bound is ${bound.money}`);
  if (lost.money > bound.money) wrong.push(`the honest lost ${lost.money}, the bound is ${bound.money}`);
  return wrong;
}

export function formatRows(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      "cheat",
      "cheats",
      "gained",
      "money",
      "honest lost",
      "money",
      "bound",
      "money",
      "holds",
      "what the bound is",
    ],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right", "left", "left"],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const { scenario, cheats, gained, lost, bound, note } = row;
    const takes = [gained, lost, bound].flatMap(({ bytes, money }) => [formatBytes(bytes), money.toString()]);
    const why = note === "" ? bound.why : `${bound.why}; ${note}`;
    table.push([scenario, cheats, ...takes, judge(row).length === 0 ? "yes" : "NO", why]);
  }
  return table.toString();
}

/** One line for programs. */
export function rowsToJson(rows: readonly Row[]): string {
  const withVerdict = rows.map((row) => ({ ...row, ok: judge(row).length === 0 }));
  return JSON.stringify({ ok: withVerdict.every(({ ok }) => ok), rows: withVerdict }, (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}
