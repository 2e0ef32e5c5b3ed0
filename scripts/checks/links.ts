import { join, posix } from "node:path";
import { anchorsOf, proseOf } from "./markdown.ts";
import type { Finding, SourceFile } from "./source-file.ts";

const LINK = /\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)|^\[[^\]]+\]: (\S+)|<(?:a|img)[^>]+(?:href|src)="([^"]+)"/g;
const OUTSIDE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/** Relative links in Markdown that lead nowhere: to no file or folder, or to no section. */
export function findDeadLinks(paths: readonly string[], files: readonly SourceFile[]): Finding[] {
  const places = new Set(paths.flatMap((path) => [path, ...foldersOf(path)]));
  const documents = new Map(files.filter(({ path }) => path.endsWith(".md")).map((file) => [file.path, file]));
  return [...documents.values()].flatMap((file) =>
    linksOf(file).flatMap(([line, link]) => {
      const problem = judge(link, file.path, places, documents);
      return problem === null ? [] : [`${file.path}:${line} links to ${link}: ${problem}`];
    }),
  );
}

function linksOf(file: SourceFile): (readonly [line: number, link: string])[] {
  return proseOf(file).flatMap(([number, line]) => {
    const text = line.replace(/`[^`]*`/g, (code) => " ".repeat(code.length));
    const links = [...text.matchAll(LINK)].map(([, inline, reference, html]) => inline ?? reference ?? html ?? "");
    return links.filter((link) => !OUTSIDE.test(link)).map((link) => [number, link] as const);
  });
}

function judge(
  link: string,
  from: string,
  places: ReadonlySet<string>,
  documents: ReadonlyMap<string, SourceFile>,
): string | null {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? from : posix.normalize(join(posix.dirname(from), decodeURI(path))).replace(/\/$/, "");
  if (!places.has(target)) return `${target} does not exist`;
  const document = documents.get(target);
  if (anchor === undefined || document === undefined) return null;
  return anchorsOf(document).includes(anchor) ? null : `${target} has no such section`;
}

function foldersOf(path: string): string[] {
  const folder = posix.dirname(path);
  return folder === "." ? ["."] : [folder, ...foldersOf(folder)];
}
