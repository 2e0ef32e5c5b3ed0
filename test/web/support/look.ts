import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Tally } from "./tally.ts";
import { openPage } from "./watched-page.ts";

const WIDTHS = [390, 1440] as const;
const THEMES = ["light", "dark"] as const;

/** One page to look at. */
export interface View {
  /** Of its pictures. */
  readonly name: string;
  /** From the slash. */
  readonly path: string;
  /** Before the page is there, such as a wallet that is injected. */
  readonly equip?: (context: BrowserContext) => Promise<void>;
  /** Before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>;
}

export interface Looking {
  readonly tally: Tally;
  readonly shots: string | null;
  /** Where pages may ask beside their own site. */
  readonly alsoAsked?: readonly string[];
}

/**
 * Opens each view in both themes and widths, checks it with axe, and that nothing is wider than the
 * screen. Writes pictures if a directory is given.
 */
export async function lookAt(
  browser: Browser,
  site: string,
  views: readonly View[],
  { tally, shots, alsoAsked = [] }: Looking,
): Promise<void> {
  if (shots !== null) mkdirSync(shots, { recursive: true });
  for (const width of WIDTHS)
    for (const colorScheme of THEMES) {
      const viewport = { width, height: width < 500 ? 844 : 900 };
      const options = { viewport, colorScheme, reducedMotion: "reduce" } as const;
      await using watched = await openPage(browser, [site, ...alsoAsked], options, async (context) => {
        for (const { equip } of views) await equip?.(context);
      });
      const { page, offences } = watched;
      for (const { name, path, prepare } of views) {
        const where = `${name}, ${width} px, ${colorScheme}`;
        await page.goto(site + path, { waitUntil: "load" });
        await prepare?.(page);
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        tally.check(Number(overflow) <= 0, `${where}: ${overflow} px wider than the screen`);
        await checkWithAxe(page, where, tally);
        tally.check(offences.length === 0, `${where}: ${offences.splice(0).join("; ")}`);
        if (shots === null) continue;
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        tally.screenshots++;
      }
    }
}

/** Serious and critical findings of axe fail. The policy of the page does not bind the debugger. */
async function checkWithAxe(page: Page, where: string, tally: Tally): Promise<void> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as axe.AxeResults;
  const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  tally.axeSerious += serious.length;
  const texts = serious.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(" ")}: ${nodes[0]?.failureSummary}`);
  tally.check(serious.length === 0, `${where}: axe: ${texts.join("; ")}`);
}
