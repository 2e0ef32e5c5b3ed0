import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** A stranger starts at README.md and follows at most two links. */

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = "test/docs";
const PLACE = /^- \[`([^`]+)`(?: [\d.]+)?\]\(([^)#\s]+)(?:#([^)\s]+))?\): "(.+)"$/;
const LINK = /\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g;

interface Place {
  /** From the repository's root. */
  readonly path: string;
  readonly anchor: string | undefined;
  readonly words: string;
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Every question with the places that answer it. */
const questions = read(`${FOLDER}/questions.md`)
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [question, ...lines] = section.split("\n") as [string, ...string[]];
    const listed = lines.filter((line) => line.startsWith("- "));
    const places = listed.map((line): Place => {
      const [, label, link, anchor, words] = PLACE.exec(line) ?? [];
      if (!label || !link || !words) throw new Error(`not a place: ${line}`);
      const path = normalize(join(FOLDER, link));
      expect(path, `the label of ${line}`).toBe(label);
      return { path, anchor, words };
    });
    return { question, places };
  });

/** Files that a Markdown file links to. */
function linksOf(path: string): string[] {
  return [...read(path).matchAll(LINK)]
    .map(([, link]) => link as string)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => normalize(join(dirname(path), link)))
    .filter((target) => existsSync(join(ROOT, target)) && statSync(join(ROOT, target)).isFile());
}

const near = linksOf("README.md");
const reachable = new Set(["README.md", ...near, ...near.filter((path) => path.endsWith(".md")).flatMap(linksOf)]);

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

describe("a stranger's questions", () => {
  test("are 25 or more, each with a place that answers it", () => {
    expect(questions.length).toBeGreaterThanOrEqual(25);
    expect(questions.filter(({ places }) => places.length === 0)).toEqual([]);
  });

  test.each(questions)("$question", ({ places }) => {
    for (const { path, anchor, words } of places) {
      expect(reachable, `two links lead from README.md to ${path}`).toContain(path);
      const lines = read(path).split("\n");
      expect(
        lines.some((line) => line.includes(words)),
        `a line of ${path} says "${words}"`,
      ).toBe(true);
      if (anchor === undefined) continue;
      const headings = lines.filter((line) => /^#+ /.test(line)).map((line) => anchorOf(line.replace(/^#+ /, "")));
      expect(headings).toContain(anchor);
    }
  });
});
