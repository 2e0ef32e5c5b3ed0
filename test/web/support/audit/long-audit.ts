import type { Browser, Page } from "playwright-core";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { auditPath } from "./audit-desk.ts";
import { ROWS_PER_BATCH, startLongHistory } from "./long-history.ts";

/** How a visitor's browser got through a long history. */
export interface LongAudit {
  readonly auditRows: number;
  /** From the click to the verdict. */
  readonly auditSeconds: number;
  /** Of the page's process in that time: little of it depends on what else the machine does. */
  readonly auditCpuSeconds: number;
  /** Of the page's own thread, until all was looked at: 0 if none took 50 ms. */
  readonly longestTaskMs: number;
  /** Between two frames of the page, while the worker replayed. */
  readonly longestFrameMs: number;
}

/** Written down by the page itself: what keeps its thread busy, and when it draws. */
const WATCH = `
  globalThis.watched = { task: 0, frame: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.task = Math.max(watched.task, duration);
  }).observe({ type: "longtask", buffered: true });
  let before = performance.now();
  const draw = (now) => {
    watched.frame = Math.max(watched.frame, now - before);
    before = now;
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
`;

/**
 * Checks a history of so many rows in a browser, and goes through its rows afterwards. `shot`: a
 * file for a picture, or null.
 */
export async function auditLongHistory(
  browser: Browser,
  rows: number,
  { tally, shot }: { readonly tally: Tally; readonly shot: string | null },
): Promise<LongAudit> {
  await using history = await startLongHistory(rows);
  await using stage = await Stage.open({ symbol: "TUSD", decimals: 6 }, await ensurePages());
  const site = await stage.listen();
  await using watched = await openPage(browser, [site, history.url], {});
  const { page, offences } = watched;
  await page.goto(site + auditPath(history.url, history.contract));
  await page.evaluate(WATCH);
  const [started, cpuBefore] = [performance.now(), await cpuSecondsOf(browser)];
  await page.click("text=Check the history");
  await page.waitForSelector(".result, .failed", { timeout: 0 });
  const auditSeconds = (performance.now() - started) / 1_000;
  const auditCpuSeconds = (await cpuSecondsOf(browser)) - cpuBefore;
  const longestFrameMs = Number(await page.evaluate("watched.frame"));
  const verdict = (await page.textContent("#verdict, #failed")) ?? "";
  tally.check(verdict.startsWith("Clean"), `the verdict of ${rows} rows is ${verdict}`);
  await goThroughRows(page, rows, tally);
  if (shot !== null) await page.screenshot({ path: shot });
  const longestTaskMs = Number(await page.evaluate("watched.task"));
  tally.check(offences.length === 0, `${rows} rows: ${offences.join("; ")}`);
  return {
    auditRows: rows,
    auditSeconds: Math.round(10 * auditSeconds) / 10,
    auditCpuSeconds: Math.round(10 * auditCpuSeconds) / 10,
    longestTaskMs: Math.round(longestTaskMs),
    longestFrameMs: Math.round(longestFrameMs),
  };
}

/** Of all processes that hold pages and their workers. */
async function cpuSecondsOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { type, cpuTime }) => (type === "renderer" ? sum + cpuTime : sum), 0);
}

/** The first batch and its last row, of which a page of rows is drawn at a time. */
async function goThroughRows(page: Page, rows: number, tally: Tally): Promise<void> {
  const pagerOf = (label: string) => page.locator(`nav[aria-label="Pages: ${label}"]`);
  if ((await pagerOf("Batches").count()) > 0) await pagerOf("Batches").getByText("Last").click();
  await page.click('button[aria-label="Rows of batch 1"]');
  await pagerOf("Rows of batch 1").getByText("Last").click();
  const shown = await page.locator(".opened tbody tr").count();
  tally.check(shown > 0 && shown <= 20, `${shown} rows of ${rows} are drawn at once`);
  const last = await page.textContent(".opened tbody tr:last-child td:nth-child(2)");
  tally.check(last === String(ROWS_PER_BATCH), `the last row of batch 1 is ${last}`);
}
