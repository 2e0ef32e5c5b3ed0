import { render } from "preact";
import { BarCharts, LineCharts } from "./charts.tsx";
import { Entries } from "./entries.tsx";
import { LongTable } from "./long-table.tsx";

/** What a script draws, each at its place on the page. */
const PARTS = { entries: Entries, lines: LineCharts, bars: BarCharts, "long-table": LongTable };

for (const [id, Part] of Object.entries(PARTS)) {
  const root = document.querySelector(`#${id}`);
  if (root !== null) render(<Part />, root);
}
