import { setTimeout as wait } from "node:timers/promises";
import type { Finding, NotChecked } from "../findings.ts";
import type { AuditOptions } from "./audit-options.ts";
import { openAudit } from "./audit-pass.ts";
import { conclude } from "./conclude.ts";

export interface WatchOptions extends Omit<AuditOptions, "toBlock"> {
  /** Between two looks at the chain. Default: 4 s. */
  readonly pollMs?: number;
  /**
   * Blocks on top of a block before it is read: more than the chain ever reorganizes. Default: 0.
   */
  readonly confirmations?: number;
}

/** One look at the chain. */
export interface WatchStep {
  readonly block: number;
  /** New ones only, in order. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

const POLL_MS = 4_000;

/**
 * Audits everything up to now, and then each new block, until `signal` fires. Each finding comes
 * once, those of the checkpoint first. A reorganization of blocks that were read ends the watch
 * with an error.
 * @throws what `runAudit` throws
 */
export async function* watchAudit(options: WatchOptions): AsyncGenerator<WatchStep> {
  const { signal, pollMs = POLL_MS, confirmations = 0 } = options;
  using pass = await openAudit(options);
  const { chain } = pass;
  const isNew = createNovelty();
  let done = pass.resumedFrom ?? -1;
  while (!signal.aborted) {
    const block = (await chain.latestBlock()) - confirmations;
    if (block > done && block >= pass.fromBlock) {
      const end = await chain.block(block);
      await pass.advance(end);
      // Lanes that have not changed were compared before.
      const { findings, notChecked } = await conclude(pass, end, done < pass.fromBlock ? 0 : done + 1);
      done = block;
      yield { block, findings: findings.filter(isNew), notChecked: notChecked.filter(isNew) };
    }
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** True for what was not said before: a state that stays wrong is found again at each block. */
function createNovelty(): (one: Finding | NotChecked) => boolean {
  const known = new Set<string>();
  return (one) => {
    const key = JSON.stringify(one);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };
}
