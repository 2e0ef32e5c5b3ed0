import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { type Mutant, nameOf } from "./mutant.ts";
import type { Verdict } from "./worker.ts";

/**
 * Verdicts on disk, so that a run which was stopped goes on. Survivors are judged again: tests may
 * have come meanwhile.
 */
export class VerdictStore {
  readonly #path: string;
  readonly #verdicts = new Map<string, Verdict>();

  /** Without `resume` it begins empty. */
  constructor(path: string, resume: boolean) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!resume) rmSync(path, { force: true });
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").trim().split("\n")) {
      const { key, ...verdict } = JSON.parse(line) as Verdict & { readonly key: string };
      this.#verdicts.set(key, verdict);
    }
  }

  get(mutant: Mutant): Verdict | null {
    const verdict = this.#verdicts.get(keyOf(mutant));
    return verdict && verdict.status !== "survived" ? verdict : null;
  }

  add(mutant: Mutant, verdict: Verdict): void {
    appendFileSync(this.#path, `${JSON.stringify({ key: keyOf(mutant), name: nameOf(mutant), ...verdict })}\n`);
  }
}

/** Of the whole mutated file: a change anywhere in it makes another mutant. */
function keyOf({ file, text }: Mutant): string {
  return createHash("sha256").update(`${file}\n${text}`).digest("hex");
}
