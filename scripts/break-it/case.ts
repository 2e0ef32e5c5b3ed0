import type { Arena } from "../cheats/arena.ts";
import type { Verdict } from "./verdict.ts";

/** Where a case happens, and how it tells what it does. */
export interface Ground {
  readonly arena: Arena;
  /** What is done now, one sentence. */
  readonly say: (step: string) => void;
}

/** One way to break things, on a network of real processes. */
export interface BreakCase {
  /** In a word, for addresses. */
  readonly id: string;
  readonly title: string;
  /** What is done, in one or two sentences. */
  readonly deed: string;
  /** Names of actors that cheat. */
  readonly cheats: readonly string[];
  /** It has its history audited itself, such as that of a network of its own. */
  readonly isAudited: boolean;
  readonly run: (ground: Ground) => Promise<Verdict>;
}

/** Acts, then judges the facts that came of it. */
export function breakCase<Facts>(
  named: Omit<BreakCase, "run" | "cheats" | "isAudited"> & {
    readonly cheats?: readonly string[];
    readonly isAudited?: boolean;
    readonly act: (ground: Ground) => Promise<Facts>;
    readonly judge: (facts: Facts) => Verdict;
  },
): BreakCase {
  const { act, judge, cheats = [], isAudited = false, ...names } = named;
  return { ...names, cheats, isAudited, run: async (ground) => judge(await act(ground)) };
}
