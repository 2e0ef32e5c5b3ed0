import { readAssets } from "../../authority/http/pages/assets.ts";
import { PAGE_HEADERS } from "../../authority/http/pages/headers.ts";
import type { PageFile } from "../../client/local-api/page-routes.ts";
import { peerPage } from "../../web/peer/peer-page.ts";
import { ensurePages } from "./build-pages.ts";

/**
 * The page of a running peer, for its API to serve: `client/` knows no markup, and `web/` no
 * server, so they meet here.
 */

/** What is played comes from the peer itself. */
const HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  "referrer-policy": "no-referrer",
  "content-security-policy": `${PAGE_HEADERS["content-security-policy"]}; media-src 'self'`,
};
/** Their paths have the hash of what is in them. */
const KEPT = { "cache-control": "private, max-age=31536000, immutable" };

let read: Promise<readonly PageFile[]> | null = null;

/** Built when somebody asks for it first, and read once. */
export function readPeerPage(): Promise<readonly PageFile[]> {
  read ??= build();
  // What failed is tried again.
  read.catch(() => {
    read = null;
  });
  return read;
}

async function build(): Promise<readonly PageFile[]> {
  const { paths, files } = readAssets(await ensurePages());
  const script = files.find(({ path }) => path.endsWith("/peer.js"))?.path ?? "";
  const page = Buffer.from(peerPage({ ...paths, script }));
  return [
    { path: "/", type: "text/html; charset=utf-8", body: page, headers: HEADERS },
    ...files.map(({ path, type, body }) => ({ path, type, body, headers: KEPT })),
  ];
}
