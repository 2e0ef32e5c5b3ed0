import { parseArgs } from "node:util";
import { hasProgram } from "../support/plain-client.ts";
import { runAll } from "./run-all.ts";
import { openBrowser } from "./support/browser.ts";

/**
 * `npm run test:web -- [--json] [--shots DIRECTORY]`: all pages in Debian's Chromium. With --json
 * the result is one line, last on standard output.
 */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: "boolean" }, shots: { type: "string" } } });
  if (!hasProgram("chromium")) {
    console.error("skipped: chromium is not here; Debian's package of that name brings it");
    return 0;
  }
  const browser = await openBrowser();
  try {
    const { result, failures } = await runAll(browser, values.shots ?? null);
    for (const failure of failures) console.error(`failed: ${failure}`);
    console.log(values.json ? JSON.stringify(result) : result);
    return failures.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
