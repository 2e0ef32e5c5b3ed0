import { createRandom } from "../tamper/random.ts";
import type { Mutant } from "./mutant.ts";
import type { Verdict } from "./worker.ts";

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/**
 * Hands out mutants until enough of them are judged; what cannot be judged is replaced by the next.
 */
export class MutantQueue {
  readonly #rest: Mutant[];
  #open: number;
  readonly judged: Judged[] = [];
  /** Not compiled, or no change of the program. */
  replaced = 0;

  /** @param count to judge in all @param seed decides which */
  constructor(mutants: readonly Mutant[], count: number, seed: string) {
    this.#rest = createRandom(seed).shuffled(mutants);
    this.#open = count;
  }

  /** Null when nothing is left to hand out. */
  next(): Mutant | null {
    if (this.#open === 0) return null;
    const mutant = this.#rest.pop() ?? null;
    if (mutant) this.#open--;
    return mutant;
  }

  settle(mutant: Mutant, verdict: Verdict): void {
    if (verdict.status === "killed" || verdict.status === "survived") {
      this.judged.push({ mutant, verdict });
      return;
    }
    this.replaced++;
    this.#open++;
  }
}
