import type { Mutant } from "./mutant.ts";
import type { Verdict } from "./worker.ts";

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** Even the smallest file gets a fair look. */
const LEAST_PER_FILE = 10;

/**
 * Hands out mutants file by file until each file has its share of judged ones; what cannot be
 * judged is replaced by the next.
 */
export class MutantQueue {
  readonly #files: { readonly rest: Mutant[]; open: number }[];
  readonly judged: Judged[] = [];
  /** Not compiled, or no change of the program. */
  replaced = 0;

  /**
   * @param files all mutants of each file @param count to judge in all, spread by how many each
   * file has
   */
  constructor(files: readonly (readonly Mutant[])[], count: number) {
    const total = files.reduce((sum, mutants) => sum + mutants.length, 0);
    this.#files = files.map((mutants) => ({
      rest: [...mutants],
      open: Math.max(LEAST_PER_FILE, Math.round((count * mutants.length) / total)),
    }));
  }

  /** Null when nothing is left to hand out. */
  next(): Mutant | null {
    const file = this.#files.find(({ rest, open }) => open > 0 && rest.length > 0);
    if (!file) return null;
    file.open--;
    return file.rest.shift() ?? null;
  }

  settle(mutant: Mutant, verdict: Verdict): void {
    if (verdict.status === "killed" || verdict.status === "survived") {
      this.judged.push({ mutant, verdict });
      return;
    }
    this.replaced++;
    const file = this.#files.find(({ rest }) => rest[0]?.file === mutant.file);
    if (file) file.open++;
  }
}
