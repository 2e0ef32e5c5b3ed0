import type { Browser, Page } from "playwright-core";
import { startGallery } from "../../../scripts/gallery/server.ts";
import { lookAt } from "./look.ts";
import type { Tally } from "./tally.ts";
import { openPage } from "./watched-page.ts";

/** The kit: all parts in all their states. */
export async function lookAtKit(browser: Browser, tally: Tally, shots: string | null): Promise<void> {
  await using gallery = await startGallery(0);
  const prepare = async (page: Page): Promise<void> => {
    await page.waitForSelector("#long-table table");
  };
  await lookAt(browser, gallery.url, [{ name: "kit", path: "/", prepare }], { tally, shots });
  await using watched = await openPage(browser, gallery.url, {});
  await watched.page.goto(gallery.url);
  await prepare(watched.page);
  await useCharts(watched.page, tally);
  await useLongTable(watched.page, tally);
  tally.check(watched.offences.length === 0, `the kit: ${watched.offences.join("; ")}`);
}

/** Whoever points at a day reads its amounts, and whoever sees no picture reads the table. */
async function useCharts(page: Page, tally: Tally): Promise<void> {
  const chart = page.locator("#bars .chart").first();
  const day = chart.locator(".legend li").last();
  const newest = await day.textContent();
  await chart.locator(".u-over").hover({ position: { x: 5, y: 20 } });
  await page.waitForFunction(
    `document.querySelector("#bars .chart .legend li:last-child").textContent !== "${newest}"`,
  );
  const [, earned] = /earned (\S+)/.exec((await chart.locator(".legend").innerText()) ?? "") ?? [];
  const pointed = await day.textContent();
  await chart.locator("summary").click();
  await chart.locator("text=Last").click();
  const row = chart.locator("tbody tr").last();
  tally.check((await row.locator("th").textContent()) === pointed, "a chart's table has the day that is pointed at");
  tally.check((await row.locator("td").first().textContent()) === earned, "with the same amount");
}

/** Of 10,000 rows few are drawn, and the last is reached at once. */
async function useLongTable(page: Page, tally: Tally): Promise<void> {
  const table = page.locator("#long-table");
  tally.check((await table.locator("tbody tr").count()) === 100, "a hundred rows at a time");
  await table.locator("text=Last").click();
  await table.locator("th:text-is('peer 9999')").waitFor();
  await page.click("#change-rows");
  await table.locator("tbody tr").last().locator(".money", { hasText: "20.177982" }).waitFor();
}
