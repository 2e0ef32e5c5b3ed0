import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { writeStaticAuditPage } from "../../../../cli/pages/static-audit-page.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { check } from "./audit-desk.ts";
import type { AuditStage } from "./audit-stage.ts";
import { listen } from "./test-server.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The page as a folder, below a folder of a server that knows nothing of it. */
export async function hostAnywhere(browser: Browser, { history, node }: AuditStage, tally: Tally): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-auditor-"));
  try {
    const files = await writeStaticAuditPage(folder);
    await using server = await listen(
      createServer(async ({ url = "" }, response) => {
        const name = url.replace(/^\/anywhere\//, "").replace(/[?#].*$/, "") || "index.html";
        if (!files.includes(name)) return void response.writeHead(404).end();
        response.setHeader("content-type", TYPES[extname(name)] ?? "text/plain");
        response.end(await readFile(join(folder, name)));
      }),
    );
    await using watched = await openPage(browser, [server.url, node.url], {});
    const { page, offences } = watched;
    const said = new URLSearchParams({ rpc: node.url, contract: history.contract });
    await page.goto(`${server.url}/anywhere/#${said}`);
    tally.check((await check(page)) === "done", "the page works as a folder of files");
    tally.check((await page.textContent("#verdict"))?.startsWith("Clean") ?? false, "it finds the history clean");
    tally.check(offences.length === 0, `as a folder of files: ${offences.join("; ")}`);
    const again = await writeStaticAuditPage(folder).catch((error: { code?: string }) => error.code);
    tally.check(again === "FILE_EXISTS", "it overwrites nothing");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
