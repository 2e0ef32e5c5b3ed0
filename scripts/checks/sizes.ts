import { dirname } from "node:path";
import type { Finding, SourceFile } from "./source-file.ts";

const MAX_FILE_LINES = 300;
const MAX_FOLDER_FILES = 20;
const MAX_FUNCTION_LINES = 80;

/** A history grows; one contract and its interface are read as a whole; the rest is generated. */
const LONG_FILES = [
  "CHANGELOG.md",
  "contracts/Floodgate.sol",
  "contracts/interfaces/IFloodgate.sol",
  "docs/api.md",
  "docs/cli.md",
  "docs/errors.md",
  "docs/protocol.md",
  "package-lock.json",
  "protocol/contract/abi.ts",
];

/** A file holds one idea. Test vectors are generated, too. */
export function findLongFiles(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => !LONG_FILES.includes(path) && !path.startsWith("test/vectors/"))
    .map(({ path, lines }) => ({ path, length: lines.at(-1) === "" ? lines.length - 1 : lines.length }))
    .filter(({ length }) => length > MAX_FILE_LINES)
    .map(({ path, length }) => `${path} has ${length} lines, more than ${MAX_FILE_LINES}: split it by idea`);
}

/** A folder's README is a map, not a manual: the long texts are in docs/. */
export function findLongReadmes(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => path.endsWith("README.md"))
    .map(({ path, lines }) => ({ path, length: lines.length - 1, most: path === "README.md" ? 100 : 60 }))
    .filter(({ length, most }) => length > most)
    .map(({ path, length, most }) => `${path} has ${length} lines, more than ${most}: move text to docs/`);
}

/** A folder fits one screen. The Solidity tests stay together, one for each entry point. */
export function findFullFolders(paths: readonly string[]): Finding[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([folder, count]) => folder !== "test/contracts" && count > MAX_FOLDER_FILES)
    .map(([folder, count]) => `${folder} holds ${count} files, more than ${MAX_FOLDER_FILES}: sort them by idea`);
}

/**
 * Opens a function in formatted code: its body ends at the first line of the same indentation that
 * starts with "}".
 */
const FUNCTION = /^(\s*).*(?:\bfunction\b.*|=>|\)(?:: [^=]+)?) \{$/;
const BLOCK = /^\s*(?:\} )?(?:if|else|for|while|switch|do|try|catch|describe)\b|\bclass\b|\binterface\b/;

/**
 * Counts every line of a body. The callback of `describe` is no function that anyone reads as one.
 */
export function findLongFunctions(files: readonly SourceFile[]): Finding[] {
  return files.filter(({ path }) => /\.(ts|mjs)$/.test(path)).flatMap(findIn);
}

function findIn({ path, lines }: SourceFile): Finding[] {
  return lines.flatMap((line, index) => {
    const indentation = FUNCTION.exec(line)?.[1];
    if (indentation === undefined || BLOCK.test(line)) return [];
    const length = lines.slice(index + 1).findIndex((next) => next.startsWith(`${indentation}}`));
    if (length <= MAX_FUNCTION_LINES) return [];
    return [`${path}:${index + 1} is a function of ${length} lines, more than ${MAX_FUNCTION_LINES}: split it`];
  });
}
