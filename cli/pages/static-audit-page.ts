import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readAssets } from "../../authority/http/pages/assets.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { staticAuditPage } from "../../web/audit/static-page.ts";
import { ensurePages } from "./build-pages.ts";

/** Scripts that the auditor's page starts with. */
const STARTED = ["audit.js", "audit-worker.js"] as const;

/**
 * Writes the auditor's page into a folder that any server of files can serve. Returns its files.
 * @throws {InputError} FILE_EXISTS
 */
export async function writeStaticAuditPage(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0)
    throw new InputError("FILE_EXISTS", `${folder} is not empty: give another folder, or empty it`);
  const { files, paths } = readAssets(await ensurePages());
  const bodies = new Map(files.map(({ path, body }) => [basename(path), body]));
  const names = { style: basename(paths.style), mark: basename(paths.mark), scripts: STARTED };
  const needed = [names.style, names.mark, ...loadedBy(STARTED, bodies)];
  for (const name of needed) writeFileSync(join(folder, name), bodies.get(name) as Buffer);
  writeFileSync(join(folder, "index.html"), staticAuditPage(names));
  return ["index.html", ...needed];
}

/** These scripts, and all that they import. */
function loadedBy(first: readonly string[], bodies: ReadonlyMap<string, Buffer>): string[] {
  const names = new Set<string>(first);
  for (const name of names)
    for (const [, other] of String(bodies.get(name)).matchAll(/["'`]\.\/([\w-]+\.js)["'`]/g))
      if (bodies.has(other as string)) names.add(other as string);
  return [...names];
}
