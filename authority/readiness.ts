import type { Logger } from "pino";

/**
 * What keeps the authority from a part of its work, and needs a person or time. It goes on with all
 * the rest.
 */
export interface Readiness {
  /** `problem`: one line that says what is wrong and what to do; null: nothing any more. */
  report(part: string, problem: string | null): void;
  /** By part, in the order in which they came up. Empty: all works. */
  problems(): readonly Problem[];
}

export interface Problem {
  readonly part: string;
  readonly problem: string;
}

/** Each problem is logged when it comes, changes and goes. */
export function createReadiness(log: Logger): Readiness {
  const open = new Map<string, string>();
  return {
    report(part, problem) {
      const before = open.get(part);
      if (problem === (before ?? null)) return;
      if (problem === null) {
        open.delete(part);
        log.info({ part }, "works again");
        return;
      }
      open.set(part, problem);
      log.error({ part }, problem);
    },
    problems: () => [...open].map(([part, problem]) => ({ part, problem })),
  };
}
