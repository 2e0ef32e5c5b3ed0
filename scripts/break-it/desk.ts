import type { CasePicture, DeskPicture } from "../../web/live/picture.ts";
import type { BreakCase } from "./case.ts";
import type { Verdict } from "./verdict.ts";

/** Does one case: what happens is told by `say`. */
export type Perform = (one: BreakCase, say: (step: string) => void) => Promise<Verdict>;

/**
 * The desk: one case at a time, since each breaks what the others would need. What came of a case
 * stays until it is done again.
 */
export class BreakDesk {
  readonly #cases: readonly BreakCase[];
  readonly #perform: Perform;
  readonly #told = new Map<string, Pick<CasePicture, "state" | "steps" | "verdict">>();
  #running: string | null = null;

  constructor(cases: readonly BreakCase[], perform: Perform) {
    this.#cases = cases;
    this.#perform = perform;
  }

  /** Begins a case. @throws {Error} another one runs, or there is no such case */
  start(id: string): Promise<void> {
    const one = this.#cases.find((known) => known.id === id);
    if (!one) throw new Error("the desk has no such case");
    if (this.#running !== null) throw new Error("one case at a time: another one runs");
    this.#running = id;
    return this.#run(one).finally(() => {
      this.#running = null;
    });
  }

  read(): DeskPicture {
    return {
      isOpen: true,
      closedBecause: null,
      cases: this.#cases.map(({ id, title, deed }) => ({ id, title, deed, ...(this.#told.get(id) ?? READY) })),
    };
  }

  async #run(one: BreakCase): Promise<void> {
    const steps: string[] = [];
    const tell = (state: CasePicture["state"], verdict: Verdict | null = null): void => {
      this.#told.set(one.id, { state, steps: [...steps], verdict });
    };
    tell("running");
    try {
      const verdict = await this.#perform(one, (step) => {
        steps.push(step);
        tell("running");
      });
      tell("done", verdict);
    } catch (error) {
      steps.push(`It could not be done: ${(error as Error).message}`);
      tell("failed");
    }
  }
}

const READY = { state: "ready", steps: [], verdict: null } as const;
