import { expect, test } from "vitest";
import { BREAK_CASES } from "../../scripts/break-it/all.ts";
import { hasProgram } from "../support/plain-client.ts";
import { breakAll } from "./support/break-all.ts";
import { openBrowser } from "./support/browser.ts";

/** What the audit must say: the numbers of its checks are stable. */
const FOUND: Readonly<Record<string, RegExp>> = {
  "settle-low": /^Audit, check 51: /,
  "over-allot": /^Audit, check 44: /,
  "leave-out": /^Audit, check 38: /,
};

// The whole demo, and all of its cases: some minutes, for `npm run test:deep`.
const isDeep = process.env.FLOODGATE_DEEP === "1" && hasProgram("chromium") && hasProgram("script");
test.runIf(isDeep)("the demo on a terminal breaks all of its cases, each as promised, until Ctrl-C", async () => {
  const browser = await openBrowser();
  try {
    const { broken, offences } = await breakAll(browser, null);
    expect(broken.map(({ id }) => id)).toEqual(BREAK_CASES.map(({ id }) => id));
    for (const one of broken) {
      expect(one).toMatchObject({ state: "as promised" });
      expect(one.losses.length).toBeGreaterThan(0);
      for (const { who, lost, most } of one.losses) expect([who, lost, most].filter((text) => text === "")).toEqual([]);
      expect(one.finding).toMatch(
        FOUND[one.id] ?? /Audit: every check holds\.$|the audit is clean\.$|Audit, check \d+: /,
      );
    }
    expect(offences).toEqual([]);
  } finally {
    await browser.close();
  }
});
