import { setTimeout as pass } from "node:timers/promises";
import { conclude } from "../audit.ts";
import type { Finding, NotChecked } from "../checks.ts";
import { type AuditOptions, openAudit } from "./audit-session.ts";

export interface WatchOptions extends Omit<AuditOptions, "toBlock"> {
  /** Between two looks at the chain. Default: 4 s. */
  readonly pollMs?: number;
  /** Blocks on top of a block before it is read: more than the chain's reorganizations are deep. Default: 0. */
  readonly confirmations?: number;
}

/** One look at the chain. */
export interface WatchStep {
  readonly block: number;
  /** That were not there before, in order. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

const POLL_MS = 4_000;

/**
 * Audits everything until now, and then each new block, until `signal` fires. Each finding comes once; those that a checkpoint
 * remembers come first. A reorganization that reaches what was read ends it: the next run says what to do.
 * @throws what `runAudit` throws
 */
export async function* watchAudit(options: WatchOptions): AsyncGenerator<WatchStep> {
  const { signal, pollMs = POLL_MS, confirmations = 0 } = options;
  using session = await openAudit(options);
  const { chain } = session;
  const isNew = createNovelty();
  let done = session.resumedFrom ?? -1;
  while (!signal.aborted) {
    const block = (await chain.latestBlock()) - confirmations;
    if (block > done && block >= session.fromBlock) {
      const end = await chain.block(block);
      await session.advance(end);
      // What was used before was compared before.
      const { findings, notChecked } = await conclude(session, end, done < session.fromBlock ? 0 : done + 1);
      done = block;
      yield { block, findings: findings.filter(isNew), notChecked: notChecked.filter(isNew) };
    }
    await pass(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether something is said for the first time: a state that stays wrong is found again with each block. */
function createNovelty(): (one: Finding | NotChecked) => boolean {
  const known = new Set<string>();
  return (one) => {
    const key = JSON.stringify(one);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };
}
