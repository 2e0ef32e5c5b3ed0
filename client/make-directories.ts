import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory, and those above it. Node's own recursive mkdir never ends where nothing can be
 * made, as in /proc. Rejects with the system's error.
 */
export async function makeDirectories(path: string, mode?: number): Promise<void> {
  const make = (): Promise<unknown> =>
    mkdir(path, { mode }).catch(async (error: unknown) => {
      const isThere = codeOf(error) === "EEXIST" && (await stat(path)).isDirectory();
      if (!isThere) throw error;
    });
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeDirectories(dirname(path), mode);
    await make();
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
