import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** A stranger starts at README.md and follows at most two links. */

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = "test/docs";
/** A link, and the words that a line of its file has. */
const PLACE = /^- \[[^\]]+\]\(([^)#\s]+)(?:#([^)\s]+))?\):\n {2}"(.+)"$/gm;
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
    const [question] = section.split("\n", 1) as [string];
    const places = [...section.matchAll(PLACE)].map(
      ([, link, anchor, words]): Place => ({
        path: normalize(join(FOLDER, link as string)),
        anchor,
        words: words as string,
      }),
    );
    expect(places.length, `places of "${question}"`).toBe(section.split("\n- ").length - 1);
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
