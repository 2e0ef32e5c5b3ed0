import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAssets } from "../../authority/http/pages/assets.ts";
import { PAGE_HEADERS } from "../../authority/http/pages/headers.ts";
import { buildPages } from "../../cli/pages/build-pages.ts";
import { galleryPage } from "../../web/gallery/gallery-page.ts";

/** Serves the kit on loopback, under the policy of the real pages. `port`: 0 for any free one. */
export async function startGallery(port: number): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-gallery-"));
  const { paths, files } = await buildPages(folder, { gallery: "web/gallery/app/main.tsx" })
    .then(() => readAssets(folder))
    .finally(() => rmSync(folder, { recursive: true, force: true }));
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
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
