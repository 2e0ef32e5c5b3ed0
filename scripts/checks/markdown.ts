import type { SourceFile } from "./source-file.ts";

/** The lines of a document that are prose, with their numbers: fenced code is left out. */
export function proseOf({ lines }: SourceFile): (readonly [number: number, line: string])[] {
  let isCode = false;
  return lines.flatMap((line, index) => {
    const isFence = line.trimStart().startsWith("```");
    if (isFence) isCode = !isCode;
    return isCode || isFence ? [] : [[index + 1, line] as const];
  });
}

/** The titles of a document's sections. */
export function headingsOf(file: SourceFile): string[] {
  return proseOf(file).flatMap(([, line]) => /^#{1,6} (.+?)\s*$/.exec(line)?.[1] ?? []);
}

/** The anchors that GitHub gives to a document's sections. */
export function anchorsOf(file: SourceFile): string[] {
  const seen = new Map<string, number>();
  return headingsOf(file).map((heading) => {
    const anchor = slugOf(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

function slugOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
