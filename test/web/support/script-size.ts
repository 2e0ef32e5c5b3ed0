import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { openPage } from "./watched-page.ts";

/**
 * Script that a page loads, compressed, in 1,000 bytes. `load`: for pages whose network never
 * rests.
 */
export async function scriptKB(
  browser: Browser,
  site: string,
  path: string,
  waitUntil: "networkidle" | "load" = "networkidle",
): Promise<number> {
  await using watched = await openPage(browser, site, {});
  const sizes: Promise<number>[] = [];
  watched.page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  await watched.page.goto(site + path, { waitUntil });
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return Math.round(bytes / 100) / 10;
}
