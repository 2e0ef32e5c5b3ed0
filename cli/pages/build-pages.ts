import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { textOfError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";

/** Builds the scripts of pages that need one, from their sources. */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Built when the package was made. */
const SHIPPED = join(ROOT, "web/built");
const CACHE = join(ROOT, "cache/web");
/** What a script is made of. Other changes leave it as it is. */
const SOURCES = ["web", "protocol", "audit", "cli/pages", "package-lock.json"];
/** Each becomes a script of its name. */
const ENTRIES = {
  account: "web/account/app/main.tsx",
  operator: "web/operator/app/main.tsx",
  desk: "web/operator/app/desk.tsx",
  audit: "web/audit/app/main.tsx",
  "audit-worker": "web/audit/app/worker/main.ts",
  live: "web/live/app/main.tsx",
  peer: "web/peer/app/main.tsx",
} as const;
/** Native code, and what takes its place in a browser. */
const IN_BROWSERS = {
  "secp256k1/bindings.js": "web/audit/app/worker/secp256k1.ts",
  "better-sqlite3": "web/audit/app/worker/no-database.ts",
} as const;

/**
 * The folder with the scripts of pages. They are built once for each state of their sources, in
 * some seconds. Of two processes that build at once, one is in vain and both find a whole folder.
 */
export async function ensurePages(cache = CACHE): Promise<string> {
  const found = findPages(cache);
  if (found !== null) return found;
  const folder = join(cache, hashOf(SOURCES));
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "building-"));
  try {
    await buildPages(work);
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** The folder, if it is built already; null: it is not. */
export function findPages(cache = CACHE): string | null {
  const places = [SHIPPED, join(cache, hashOf(SOURCES))];
  return places.find((place) => existsSync(place)) ?? null;
}

/** The same for a program that does its work without pages, too; `warn` gets one line. */
export async function pagesIfPossible(warn: (line: string) => void): Promise<{ scripts?: string }> {
  try {
    return { scripts: await ensurePages() };
  } catch (error) {
    const why = printable(textOfError(error), 200);
    warn(`account and auditor have no script, since they could not be built (${why})`);
    return {};
  }
}

/** Builds into `folder`, which may be there. `entries`: sources, by the names of their scripts. */
export async function buildPages(folder: string, entries: Readonly<Record<string, string>> = ENTRIES): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: false,
    envFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: "error",
    cacheDir: join(folder, ".vite"),
    resolve: { alias: Object.fromEntries(Object.entries(IN_BROWSERS).map(([name, path]) => [name, join(ROOT, path)])) },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2024",
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(ROOT, path)])),
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths.flatMap(filesBelow).sort())
    hash.update(`${path}\0`).update(
      createHash("sha256")
        .update(readFileSync(join(ROOT, path)))
        .digest(),
    );
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(path: string): string[] {
  if (path.includes(".")) return [path];
  const names = readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8", withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}
