import { expect, test } from "vitest";
import { hasProgram } from "../support/plain-client.ts";
import { runAll } from "./run-all.ts";
import { openBrowser } from "./support/browser.ts";

// Skipped where Debian's Chromium is missing; `.ci/run` installs it.
test.skipIf(!hasProgram("chromium"))("the pages are whole, accessible and harmless in Chromium", async () => {
  const browser = await openBrowser();
  try {
    const { failures, result } = await runAll(browser, null);
    expect(failures).toEqual([]);
    expect(result.hostileCases).toBeGreaterThanOrEqual(300);
    expect(result.repositoryScriptKB).toBeLessThanOrEqual(30);
    expect(result.accountScriptKB).toBeGreaterThan(0);
    expect(result.accountScriptKB).toBeLessThanOrEqual(150);
  } finally {
    await browser.close();
  }
});
