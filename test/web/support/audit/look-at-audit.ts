import { getAddress } from "ethers";
import type { Browser, Page } from "playwright-core";
import { lookAt, type View } from "../look.ts";
import type { Tally } from "../tally.ts";
import { auditPath, check } from "./audit-desk.ts";
import type { AuditStage } from "./audit-stage.ts";
import { openBatch } from "./follow-money.ts";
import { LIES } from "./lies.ts";

/** The auditor's page at each of its states. */
export async function lookAtAudit(
  browser: Browser,
  stage: AuditStage,
  { tally, shots }: { readonly tally: Tally; readonly shots: string | null },
): Promise<void> {
  const { site, history, node } = stage;
  await using liar = await stage.lyingNode(LIES["hides its last logs"](stage));
  await using silent = await stage.lyingNode(() => "");
  const at = (name: string, rpcUrl: string, prepare?: (page: Page) => Promise<void>): View => ({
    name: `audit-${name}`,
    // The form alone shows all of its fields.
    path: auditPath(rpcUrl, history.contract, name === "form" ? { bundles: site } : {}),
    ...(prepare && { prepare }),
  });
  const run = async (page: Page): Promise<void> => void (await check(page));
  const open = async (page: Page): Promise<void> => {
    await check(page);
    await openBatch(page, 1);
    await page.click(`.opened button[aria-label="Follow lane 1 of ${getAddress(history.payer)}"]`);
    await page.waitForSelector(".trail");
    await page.click(".checks summary");
  };
  const views = [at("clean", node.url, open), at("findings", liar.url, run)];
  // Whoever wants pictures wants all of them; these two hold most parts of the page.
  if (shots !== null) views.unshift(at("form", node.url), at("failed", silent.url, run));
  await lookAt(browser, site, views, { tally, shots, alsoAsked: [node.url, liar.url, silent.url] });
}
