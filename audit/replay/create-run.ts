import type { Rules } from "../facts/facts.ts";
import type { LaneBook } from "../facts/lane-book.ts";
import { emptyState } from "../facts/state.ts";
import { emptyTallies } from "../facts/tallies.ts";
import { createFindingBook } from "../findings.ts";
import { domainSeparatorOf } from "../signatures/signatures.ts";
import { createSigners } from "../signatures/signers.ts";
import { MemoryLaneBook } from "./memory-lane-book.ts";
import type { Observer } from "./observer.ts";
import type { Progress, Run } from "./run.ts";

/** A replay with those that follow it. */
export interface ObservedRun extends Run {
  readonly observers: readonly Observer[];
}

export interface RunOptions {
  readonly rules: Rules;
  readonly money: (amount: bigint) => string;
  readonly observers?: readonly Observer[];
  /** Default: in memory. */
  readonly lanes?: LaneBook;
  /** Chooses the signatures that are checked twice. */
  readonly seed?: string;
  readonly isParanoid?: boolean;
  /** Default: from the contract's creation. */
  readonly progress?: Progress;
}

export function createRun(options: RunOptions): ObservedRun {
  const { rules, money, observers = [], lanes = new MemoryLaneBook(), seed = "", isParanoid = false } = options;
  const progress = options.progress ?? emptyProgress();
  const domain = domainSeparatorOf(rules);
  return {
    ...progress,
    rules,
    domain,
    lanes,
    signers: createSigners({ domain, tallies: progress.tallies, seed, isParanoid }),
    findings: progress.found.first,
    notChecked: progress.unseen.first,
    observers,
    money,
  };
}

function emptyProgress(): Progress {
  return {
    state: emptyState(),
    tallies: emptyTallies(),
    clouded: new Set(),
    cloudedNonces: new Set(),
    contractWallets: new Set(),
    found: createFindingBook(),
    unseen: createFindingBook(),
    last: { block: -1, time: 0 },
  };
}
