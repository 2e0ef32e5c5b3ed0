import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Tally } from "./tally.ts";
import { openPage } from "./watched-page.ts";

/** A phone by day and a desktop by night hold every rule once; the others are for pictures. */
const STATES = [
  { width: 390, colorScheme: "light", isChecked: true },
  { width: 390, colorScheme: "dark", isChecked: false },
  { width: 1440, colorScheme: "light", isChecked: false },
  { width: 1440, colorScheme: "dark", isChecked: true },
] as const;

/** One page to look at. */
export interface View {
  /** Of its pictures. */
  readonly name: string;
  /** From the slash. */
  readonly path: string;
  /** Before it is looked at. */
  readonly prepare?: (page: Page) => Promise<void>;
}

export interface Looking {
  readonly tally: Tally;
  readonly shots: string | null;
  /** Where pages may ask beside their own site. */
  readonly alsoAsked?: readonly string[];
  /** Before any page is there, such as a wallet that is injected. */
  readonly equip?: (context: BrowserContext) => Promise<void>;
}

/**
 * Opens each view once, and checks it with axe, and that nothing is wider than the screen, in both
 * themes and widths. Writes pictures of all four if a directory is given.
 */
export async function lookAt(
  browser: Browser,
  site: string,
  views: readonly View[],
  { tally, shots, alsoAsked = [], equip }: Looking,
): Promise<void> {
  if (shots !== null) mkdirSync(shots, { recursive: true });
  await using watched = await openPage(browser, [site, ...alsoAsked], { reducedMotion: "reduce" }, equip);
  const { page, offences } = watched;
  for (const { name, path, prepare } of views) {
    await page.goto(site + path, { waitUntil: "load" });
    await prepare?.(page);
    for (const { width, colorScheme, isChecked } of STATES) {
      if (!isChecked && shots === null) continue;
      const where = `${name}, ${width} px, ${colorScheme}`;
      await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
      await page.emulateMedia({ colorScheme });
      if (isChecked) await check(page, where, tally);
      if (shots === null) continue;
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      tally.screenshots++;
    }
    tally.check(offences.length === 0, `${name}: ${offences.splice(0).join("; ")}`);
  }
}

async function check(page: Page, where: string, tally: Tally): Promise<void> {
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  tally.check(Number(overflow) <= 0, `${where}: ${overflow} px wider than the screen`);
  await checkWithAxe(page, where, tally);
}

/** Serious and critical findings of axe fail. The policy of the page does not bind the debugger. */
async function checkWithAxe(page: Page, where: string, tally: Tally): Promise<void> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const found = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as axe.AxeResults;
  const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  tally.axeSerious += serious.length;
  const texts = serious.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(" ")}: ${nodes[0]?.failureSummary}`);
  tally.check(serious.length === 0, `${where}: axe: ${texts.join("; ")}`);
}
