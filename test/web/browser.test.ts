import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasProgram } from "../support/plain-client.ts";
import { runAccount, runAuditForm, runAuditor, runDesk, runLive, runPeer, runRepository } from "./run-all.ts";
import { openBrowser } from "./support/browser.ts";
import { lookAtKit } from "./support/look-at-kit.ts";
import { lookAtPeer } from "./support/peer/look-at-peer.ts";
import { Tally } from "./support/tally.ts";

// All that a stranger may do to a peer's page and the auditor's is `npm run test:deep`, and
// `npm run test:web`.
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

  test("is the demo's live page", async () => {
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

  test("is the account's page", async () => {
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

  test("is the auditor's form", async () => {
    const tally = new Tally();
    await runAuditForm(browser, tally);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(90);
  });

  test.runIf(IS_DEEP)("is the kit", async () => {
    const tally = new Tally();
    await lookAtKit(browser, tally, null);
    expect(tally.failures).toEqual([]);
    expect(tally.axeSerious).toBe(0);
  });

  test("is the page of a running peer", async () => {
    const tally = new Tally();
    const scriptKB = IS_DEEP ? await runPeer(browser, tally, null) : await lookAtPeer(browser, tally, null);
    expect(scriptKB).toBeGreaterThan(0);
    expect(scriptKB).toBeLessThanOrEqual(60);
    expect(tally.failures).toEqual([]);
    expect(tally.hostileCases).toBeGreaterThanOrEqual(IS_DEEP ? 400 : 0);
  });
});
