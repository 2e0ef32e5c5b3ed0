import type { Finding, SourceFile } from "./source-file.ts";

const MAX_COLUMNS = 100;
const GENERATED = ["protocol/contract/abi.ts", "audit/code/builds.ts", "docs/api.md", "docs/cli.md", "docs/errors.md"];
const COMMENT = /^\s*(?:\/\/|\/\*|\*)/;

/**
 * Comments and Markdown are prose: they wrap earlier than code does. Tables, URLs and fenced code
 * may be wider.
 */
export function findWideLines(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => !GENERATED.includes(path))
    .flatMap((file) => {
      const isWide = file.path.endsWith(".md") ? wideInMarkdown() : wideInCode(file.path);
      return file.lines.flatMap((line, index) =>
        isWide(line) ? [`${file.path}:${index + 1} has ${line.length} columns, more than ${MAX_COLUMNS}`] : [],
      );
    });
}

function wideInMarkdown(): (line: string) => boolean {
  let isCode = false;
  return (line) => {
    if (line.trimStart().startsWith("```")) isCode = !isCode;
    return !isCode && line.length > MAX_COLUMNS && !/^\s*\|/.test(line) && !/https?:\/\//.test(line);
  };
}

function wideInCode(path: string): (line: string) => boolean {
  if (!/\.(ts|mjs|sol)$/.test(path)) return () => false;
  return (line) => line.length > MAX_COLUMNS && COMMENT.test(line) && !/https?:\/\//.test(line);
}
