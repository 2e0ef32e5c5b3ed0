import Table from "cli-table3";
import { explanationOf } from "./explanations.ts";
import type { Judged } from "./queue.ts";

export function formatSurvivor({ mutant }: Judged, reason: string | undefined): string {
  const head = `${mutant.file}:${mutant.line} survives (${mutant.operator})${reason ? `, explained: ${reason}` : ""}`;
  return `${head}\n${explanationOf(mutant)}`;
}

/** One row for each file, and their sum. */
export function formatTable(judged: readonly Judged[], isExplained: (one: Judged) => boolean): string {
  const table = new Table({
    head: ["file", "mutants", "killed", "survivors", "of them explained"],
    style: { head: [], border: [] },
  });
  const files = [...new Set(judged.map(({ mutant }) => mutant.file))].sort();
  const row = (name: string, some: readonly Judged[]): (string | number)[] => {
    const survivors = some.filter(isSurvivor);
    const killed = some.length - survivors.length;
    return [name, some.length, killed, survivors.length, survivors.filter(isExplained).length];
  };
  for (const file of files)
    table.push(
      row(
        file,
        judged.filter(({ mutant }) => mutant.file === file),
      ),
    );
  table.push(row("all", judged));
  return table.toString();
}

export function isSurvivor({ verdict }: Judged): boolean {
  return verdict.status === "survived";
}
