import { headingsOf } from "./markdown.ts";
import type { Finding, SourceFile } from "./source-file.ts";

const SPECIFICATION = "docs/protocol.md";
/**
 * "docs/protocol.md 4.5" and "docs/protocol.md 4.5, 7.1": in text that a comment may have wrapped.
 */
const CITATION = /docs\/protocol\.md[\s*/]+(\d+(?:\.\d+)?(?:(?:, | and )\d+(?:\.\d+)?)*)/g;

/** Citations of sections that the specification does not have. */
export function findDeadCitations(files: readonly SourceFile[]): Finding[] {
  const specification = files.find(({ path }) => path === SPECIFICATION);
  if (!specification) return [`${SPECIFICATION} does not exist`];
  const sections = new Set(
    headingsOf(specification).flatMap((heading) => /^(\d+(?:\.\d+)?)\b/.exec(heading)?.[1] ?? []),
  );
  return files
    .filter(({ path }) => /\.(ts|sol|md|mjs)$/.test(path))
    .flatMap(({ path, lines }) =>
      [...lines.join("\n").matchAll(CITATION)]
        .flatMap(([, numbers]) => (numbers as string).split(/, | and /))
        .filter((number) => !sections.has(number))
        .map((number) => `${path} cites ${SPECIFICATION} ${number}, which does not exist`),
    );
}
