import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A file of the repository, by its path from the top. */
export interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
}

/** One line for a reader: where it is, and what is wrong there. */
export type Finding = string;

const TEXT = /\.(ts|mjs|js|sol|md|json|yaml|yml|sh)$|^\.(nvmrc|editorconfig|gitignore)$/;

/** All paths that git knows or would add: what is ignored is not checked. */
export function listPaths(): string[] {
  const { stdout, status } = spawnSync("git", ["ls-files", "-co", "--exclude-standard", "--deduplicate"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error("git cannot list the files: is this a clone of the repository?");
  return stdout.split("\n").filter((path) => path !== "");
}

/** Reads the text files among these; a deleted file that git still lists is left out. */
export function readFiles(paths: readonly string[]): SourceFile[] {
  return paths
    .filter((path) => TEXT.test(path))
    .flatMap((path) => {
      const text = readIfThere(join(ROOT, path));
      return text === null ? [] : [{ path, lines: text.split(/\r?\n/) }];
    });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
