import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Assets } from "../../../web/kit/site.ts";

/** A file that pages load from this authority, at a path that names what is in it. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
}

const WEB = join(import.meta.dirname, "../../../web");

/**
 * Reads style sheet, scripts and mark of the pages. Sources are served as they are; `scripts` is
 * the folder of what was built.
 */
export function readAssets(scripts: string | null): { readonly paths: Assets; readonly files: readonly Asset[] } {
  const styles = join(WEB, "kit/styles");
  // The tokens come first, and the components after what all share.
  const order = (name: string): string => `${["tokens.css", "base.css", "shell.css"].indexOf(name) + 1 || 9}${name}`;
  const sheets = readdirSync(styles).sort((a, b) => order(a).localeCompare(order(b)));
  const style = assetOf(
    "style.css",
    "text/css; charset=utf-8",
    Buffer.concat(sheets.map((name) => readFileSync(join(styles, name)))),
  );
  const script = (name: string): Asset =>
    assetOf(name, "text/javascript; charset=utf-8", readFileSync(join(WEB, "kit/scripts", name)));
  const [copy, refresh] = [script("copy.js"), script("refresh.js")];
  const mark = assetOf("mark.svg", "image/svg+xml", readFileSync(join(WEB, "kit/mark.svg")));
  const built = scripts ? readBuilt(scripts) : [];
  const builtAs = (name: string): string | null => built.find(({ path }) => path.endsWith(`/${name}.js`))?.path ?? null;
  const scriptsOf = {
    account: builtAs("account"),
    operator: builtAs("operator"),
    desk: builtAs("desk"),
    audit: builtAs("audit"),
    auditWorker: builtAs("audit-worker"),
  };
  const paths = { style: style.path, copy: copy.path, refresh: refresh.path, mark: mark.path, ...scriptsOf };
  return { paths, files: [style, copy, refresh, mark, ...built] };
}

/** Scripts name each other, so they keep their names; the hash of all is in their folder's. */
function readBuilt(folder: string): Asset[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^[\w-]+\.js$/.test(name));
  const bodies = names.sort().map((name) => readFileSync(join(folder, name)));
  const hash = hashOf(...bodies);
  return bodies.map((body, i) => ({
    path: `/assets/${hash}/${names[i]}`,
    type: "text/javascript; charset=utf-8",
    body,
    gzip: gzipSync(body),
  }));
}

function assetOf(name: string, type: string, body: Buffer): Asset {
  const [stem, extension] = name.split(".");
  return { path: `/assets/${stem}-${hashOf(body)}.${extension}`, type, body, gzip: gzipSync(body) };
}

function hashOf(...bodies: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const body of bodies) hash.update(body);
  return hash.digest("hex").slice(0, 16);
}
