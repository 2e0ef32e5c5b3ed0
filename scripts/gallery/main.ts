import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAssets } from "../../authority/http/pages/assets.ts";
import { PAGE_HEADERS } from "../../authority/http/pages/headers.ts";
import { buildPages } from "../../cli/pages/build-pages.ts";
import { galleryPage } from "../../web/gallery/gallery-page.ts";
import { readOptions } from "../options.ts";

/** `npm run web`: all parts of the pages in all their states, on loopback until Ctrl-C. */

const HELP = `Usage: npm run web -- [OPTIONS]

Serves one page with all parts of the pages in all their states, under the policy of the real ones.

  --port <port>  TCP port, 0 for any free one (default: 8650)`;

const { port = "8650" } = readOptions(HELP, { port: { type: "string" } });

const folder = mkdtempSync(join(tmpdir(), "floodgate-gallery-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
await buildPages(folder, { gallery: "web/gallery/app/main.tsx" });
const { paths, files } = readAssets(folder);
const script = files.find(({ path }) => path.endsWith("/gallery.js"))?.path ?? null;
const swatches = readFileSync(join(import.meta.dirname, "../../web/gallery/gallery.css"), "utf8");
const site = {
  ...{ url: "", token: { symbol: "TUSD", decimals: 6 }, feeBps: 200, contract: `0x${"c0".repeat(20)}` },
  ...{ chainId: 31_337, assets: paths },
};

const server = createServer((request, answer) => {
  const file = files.find(({ path }) => path === request.url);
  const more = file?.path === paths.style ? swatches : "";
  if (file) {
    answer.writeHead(200, { "content-type": file.type }).end(file.body + more);
    return;
  }
  const isPage = request.url === "/";
  answer.writeHead(isPage ? 200 : 404, { ...PAGE_HEADERS, "content-type": "text/html; charset=utf-8" });
  answer.end(isPage ? galleryPage(site, script) : "");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`the kit is at http://127.0.0.1:${(server.address() as AddressInfo).port}/ (stop it with Ctrl-C)`);
});
