import { readFile } from "node:fs/promises";
import { getAddress } from "ethers";
import type { Browser, Page } from "playwright-core";
import { runAudit } from "../../../../audit/audit.ts";
import { formatCsv } from "../../../../audit/books/csv.ts";
import { createLedger } from "../../../../audit/books/ledger.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { auditPath, check } from "./audit-desk.ts";
import type { AuditStage } from "./audit-stage.ts";

/** Opens a batch, follows one of its lanes to the wallet, and takes an account's ledger home. */
export async function followMoney(browser: Browser, stage: AuditStage, tally: Tally): Promise<void> {
  const { site, node, history } = stage;
  await using watched = await openPage(browser, [site, node.url], {});
  const { page, offences } = watched;
  await page.goto(site + auditPath(node.url, history.contract));
  await check(page);

  await openBatch(page, 1);
  const rows = page.locator(".opened tbody tr");
  tally.check((await rows.count()) === 6, "batch 1 has six rows");
  const outcomes = await page.locator(".opened tbody td:last-child").allTextContents();
  const isRight = outcomes.filter((text) => text === "paid").length === 3 && outcomes.length === 6;
  tally.check(isRight, `three rows of batch 1 paid, and each other says why not: ${outcomes.join("; ")}`);
  const amounts = (await rows.allTextContents()).join("\n");
  tally.check(amounts.includes("0.100001") && amounts.includes("0.001000"), `amount and fee of a row: ${amounts}`);

  await page.click(`.opened button[aria-label="Follow lane 1 of ${getAddress(history.payer)}"]`);
  await page.waitForSelector(".trail");
  const trail = (await page.textContent(".trail")) ?? "";
  const steps = ["had deposited", "Batch 1.", "Batch 2.", "Claim."].every((step) => trail.includes(step));
  tally.check(steps, `a lane's way from the deposit: ${trail}`);

  await page.fill("#follow-account", history.payer.toLowerCase());
  await page.fill("#follow-lane", "");
  await page.click(".form.inline button");
  await page.waitForSelector("text=Download CSV");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Download CSV")]);
  const ledger = createLedger(history.payer);
  const options = { rpcUrl: node.url, contract: history.contract, signal: AbortSignal.timeout(120_000) };
  const { token } = await runAudit({ ...options, observers: () => [ledger.observer] });
  const taken = await readFile(await download.path(), "utf8");
  tally.check(taken === formatCsv(ledger.close(), token), "the page's CSV is the command line's");
  tally.check(offences.length === 0, `while money is followed: ${offences.join("; ")}`);
}

/** Shows a batch row by row. */
export async function openBatch(page: Page, number: number): Promise<void> {
  await page.click(`button[aria-label="Rows of batch ${number}"]`);
  await page.waitForSelector(".opened tbody tr");
}
