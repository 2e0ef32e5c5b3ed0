import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasProgram } from "../support/plain-client.ts";
import { runAccount, runAuditor, runDesk, runLive, runPeer, runRepository } from "./run-all.ts";
import { openBrowser } from "./support/browser.ts";
import { Tally } from "./support/tally.ts";

// Minutes of a browser: `npm run test:web` and `npm run test:deep` look at all pages.
const IS_DEEP = process.env.FLOODGATE_DEEP === "1";

// Skipped where Debian's Chromium is missing; `.ci/run` installs it.
describe.skipIf(!hasProgram("chromium"))("in Chromium, whole, accessible and harmless", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test("are the pages of the repository", async () => {
    const tally = new Tally();
    expect(await runRepository(browser, tally, null)).toBeLessThanOrEqual(30);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(300);
  });

  test.runIf(IS_DEEP)("is the demo's live page", async () => {
    const tally = new Tally();
    const scriptKB = await runLive(browser, tally, null);
    expect(scriptKB).toBeGreaterThan(0);
    expect(scriptKB).toBeLessThanOrEqual(60);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(50);
  });

  test("is the operator's desk", async () => {
    const tally = new Tally();
    await runDesk(browser, tally, null);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(100);
  });

  test.runIf(IS_DEEP)("is the account's page", async () => {
    const tally = new Tally();
    const scriptKB = await runAccount(browser, tally, null);
    expect(scriptKB).toBeGreaterThan(0);
    expect(scriptKB).toBeLessThanOrEqual(150);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(150);
  });

  test.runIf(IS_DEEP)("is the auditor's page, which finds what the command line finds", async () => {
    const tally = new Tally();
    await runAuditor(browser, tally, null);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(90);
  });

  test.runIf(IS_DEEP)("is the page of a running peer", async () => {
    const tally = new Tally();
    const scriptKB = await runPeer(browser, tally, null);
    expect(scriptKB).toBeGreaterThan(0);
    expect(scriptKB).toBeLessThanOrEqual(40);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(400);
  });
});
