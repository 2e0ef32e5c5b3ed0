import type { Page } from "playwright-core";

let opened = 0;

/** The page with its form filled in. Each is loaded anew: another fragment alone would not be. */
export const auditPath = (rpcUrl: string, contract: string, more: Readonly<Record<string, string>> = {}): string =>
  `/audit?${opened++}#${new URLSearchParams({ rpc: rpcUrl, contract, ...more })}`;

/** Starts the check that the form holds, and waits for its end. Returns how it ended. */
export async function check(page: Page): Promise<"done" | "failed"> {
  await page.click("text=Check the history");
  await page.waitForSelector(".result, .failed", { timeout: 170_000 });
  return (await page.isVisible(".result")) ? "done" : "failed";
}

/** What the page says that an audit found, in its order: severity, sentence and check. */
export async function findingsOn(page: Page): Promise<string[]> {
  return await page.locator("section[aria-labelledby=findings] li").allTextContents();
}
