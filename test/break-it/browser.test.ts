import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Performer } from "../../scripts/break-it/perform.ts";
import { openDesk } from "../../scripts/demo/open-desk.ts";
import { type Live, startLive } from "../../scripts/live/live.ts";
import { Scene } from "../../scripts/live/scene.ts";
import { hasProgram } from "../support/plain-client.ts";
import { startWorld, TestRunner, type World } from "../support/world.ts";
import { openBrowser } from "../web/support/browser.ts";
import { openPage } from "../web/support/watched-page.ts";

// Skipped where Debian's Chromium is missing; `.ci/run` installs it.
describe.skipIf(!hasProgram("chromium"))("the demo's live page, in Chromium", () => {
  let world: World;
  let live: Live;
  let desk: Performer;
  let browser: Browser;
  beforeAll(async () => {
    [world, live, browser] = await Promise.all([startWorld(), startLive(new Scene(), () => undefined), openBrowser()]);
    live.scene.begin("A test.", []);
    live.watch(world.network);
    desk = openDesk(live, world, (environment) => new TestRunner(environment));
  });
  afterAll(async () => {
    await browser?.close();
    await desk?.[Symbol.asyncDispose]();
    await live?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  test("a leecher that pays nothing is started there, drawn, and judged", async () => {
    const site = new URL(live.url).origin;
    await using watched = await openPage(browser, site, { reducedMotion: "reduce" });
    const { page, offences } = watched;
    await page.goto(live.url);
    // What came with the address is out of it.
    expect(page.url()).toBe(`${site}/`);
    await page.click("#case-stop-paying button");
    await page.waitForSelector(".peer.cheat", { timeout: 120_000 });
    await page.waitForSelector("#case-stop-paying .losses", { timeout: 120_000 });
    expect(await page.textContent("#case-stop-paying .act .state")).toBe("as promised");
    const [who, lost, most] = await page.locator("#case-stop-paying .losses tbody tr").first().locator("th, td").all();
    expect(await who?.textContent()).toBe("payee");
    expect(await lost?.textContent()).toMatch(/KiB$/);
    expect(await most?.textContent()).toContain("unpaid bytes up to its credit");
    expect(await page.locator("table tbody th", { hasText: "leecher" }).count()).toBe(1);
    expect(offences).toEqual([]);
  });

  test("a browser that was not given the key looks, and finds no button", async () => {
    const site = new URL(live.url).origin;
    await using watched = await openPage(browser, site, {});
    await watched.page.goto(site);
    await watched.page.waitForSelector(".case");
    expect(await watched.page.locator(".case button").count()).toBe(0);
    expect(await watched.page.textContent(".desk")).toContain("This browser may look only");
    expect(watched.offences).toEqual([]);
  });
});
