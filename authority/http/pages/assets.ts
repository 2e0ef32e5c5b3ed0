import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Assets } from "../../../web/kit/site.ts";

/** A file that pages load from this authority, at a path that names what is in it. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

const WEB = join(import.meta.dirname, "../../../web");

/** Reads style sheet, script and mark of the pages. Sources are served as they are. */
export function readAssets(): { readonly paths: Assets; readonly files: readonly Asset[] } {
  const styles = join(WEB, "kit/styles");
  // The tokens come first, and the components after what all share.
  const order = (name: string): string => `${["tokens.css", "base.css", "shell.css"].indexOf(name) + 1 || 9}${name}`;
  const sheets = readdirSync(styles).sort((a, b) => order(a).localeCompare(order(b)));
  const style = assetOf(
    "style.css",
    "text/css; charset=utf-8",
    Buffer.concat(sheets.map((name) => readFileSync(join(styles, name)))),
  );
  const copy = assetOf("copy.js", "text/javascript; charset=utf-8", readFileSync(join(WEB, "kit/scripts/copy.js")));
  const mark = assetOf("mark.svg", "image/svg+xml", readFileSync(join(WEB, "kit/mark.svg")));
  return { paths: { style: style.path, copy: copy.path, mark: mark.path }, files: [style, copy, mark] };
}

function assetOf(name: string, type: string, body: Buffer): Asset {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  const [stem, extension] = name.split(".");
  return { path: `/assets/${stem}-${hash}.${extension}`, type, body };
}
