import { join } from "node:path";
import { parseArgs } from "node:util";
import { hasProgram } from "../support/plain-client.ts";
import { explore } from "./explore/explore.ts";
import { runAll } from "./run-all.ts";
import { auditLongHistory } from "./support/audit/long-audit.ts";
import { breakAll } from "./support/break-all.ts";
import { openBrowser } from "./support/browser.ts";
import { measurePaint } from "./support/paint.ts";
import { Tally } from "./support/tally.ts";

/**
 * `npm run test:web -- [--json] [--shots DIRECTORY]`: all pages in Debian's Chromium. With --json
 * the result is one line, last on standard output. `-- --paint` measures the first paint of the
 * repository with 10,000 contents instead; `-- --explore MINUTES [PAGE...]` lets Bombadil use each
 * page for so long; `-- --audit-rows ROWS [--shots DIRECTORY]` measures the auditor's page with a
 * history of so many rows; `-- --break-it [--shots DIRECTORY]` runs the demo on a terminal and each
 * case of its break-it desk.
 */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      json: { type: "boolean" },
      shots: { type: "string" },
      paint: { type: "boolean" },
      explore: { type: "string" },
      "audit-rows": { type: "string" },
      "break-it": { type: "boolean" },
    },
    allowPositionals: true,
  });
  if (!hasProgram("chromium")) {
    console.error("skipped: chromium is not here; Debian's package of that name brings it");
    return 0;
  }
  if (values.explore !== undefined) {
    const broken = await explore(Number(values.explore), positionals);
    for (const name of broken) console.error(`failed: ${name}`);
    return broken.length === 0 ? 0 : 1;
  }
  const browser = await openBrowser();
  try {
    if (values.paint) {
      const paints = await measurePaint(browser);
      if (values.json) console.log(JSON.stringify(paints));
      else console.table(paints);
      return 0;
    }
    if (values["break-it"]) {
      const { broken, offences } = await breakAll(browser, values.shots ?? null);
      console.log(JSON.stringify(broken, null, values.json ? 0 : 2));
      for (const offence of offences) console.error(`failed: ${offence}`);
      return offences.length === 0 && broken.every(({ state }) => state === "as promised") ? 0 : 1;
    }
    if (values["audit-rows"] !== undefined) {
      const tally = new Tally();
      const shot = values.shots === undefined ? null : join(values.shots, "audit-long.png");
      const measured = await auditLongHistory(browser, Number(values["audit-rows"]), { tally, shot });
      for (const failure of tally.failures) console.error(`failed: ${failure}`);
      console.log(values.json ? JSON.stringify(measured) : measured);
      return tally.failures.length === 0 ? 0 : 1;
    }
    const { result, failures } = await runAll(browser, values.shots ?? null);
    for (const failure of failures) console.error(`failed: ${failure}`);
    console.log(values.json ? JSON.stringify(result) : result);
    return failures.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
