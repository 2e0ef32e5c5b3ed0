import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { ensurePages } from "../../../cli/pages/build-pages.ts";

/** A script, and all that it imports. */
function loadedBy(first: string, read: (name: string) => Buffer): Buffer[] {
  const texts = new Map<string, Buffer>();
  const load = (name: string): void => {
    if (texts.has(name)) return;
    const text = read(name);
    texts.set(name, text);
    for (const [, other] of String(text).matchAll(/(?:from|import)\s*\(?\s*["'`]\.\/([\w-]+\.js)["'`]/g))
      load(other as string);
  };
  load(first);
  return [...texts.values()];
}

test("of many that build at once, all find the same whole folder, and nothing else is left", async () => {
  const cache = mkdtempSync(join(tmpdir(), "floodgate-pages-"));
  try {
    const folders = await Promise.all([ensurePages(cache), ensurePages(cache), ensurePages(cache)]);
    expect(new Set(folders).size).toBe(1);
    expect(readdirSync(cache)).toHaveLength(1);
    const scripts = readdirSync(folders[0] as string).filter((name) => name.endsWith(".js"));
    expect(scripts).toContain("account.js");
    expect(scripts).toContain("audit-worker.js");
    const texts = loadedBy("account.js", (name) => readFileSync(join(folders[0] as string, name)));
    expect(texts.reduce((sum, text) => sum + gzipSync(text).length, 0)).toBeLessThanOrEqual(150_000);
    // What the pages' policy forbids: code from texts, and WebAssembly.
    for (const text of texts) expect(String(text)).not.toMatch(/\beval\(|new Function\(|WebAssembly/);
    expect(await ensurePages(cache)).toBe(folders[0]);
  } finally {
    rmSync(cache, { recursive: true });
  }
});
