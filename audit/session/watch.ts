import { setTimeout as wait } from "node:timers/promises";
import { NetworkError } from "../../protocol/base/errors.ts";
import type { TokenFacts } from "../facts/money-text.ts";
import type { Finding, NotChecked } from "../findings.ts";
import type { Observer } from "../replay/observer.ts";
import { type Alarm, createAlarms, type WatchLimits } from "./alarms.ts";
import type { AuditOptions } from "./audit-options.ts";
import { openPass } from "./audit-pass.ts";
import { conclude } from "./conclude.ts";
import { openSqliteStore } from "./sqlite-store.ts";

export interface WatchOptions extends Omit<AuditOptions, "toBlock"> {
  /** Between two looks at the chain. Default: 4 s. */
  readonly pollMs?: number;
  /**
   * Blocks on top of a block before it is read: more than the chain ever reorganizes. Default: 0.
   */
  readonly confirmations?: number;
  /** When an alarm is raised. The bond's limit is in base units of the contract's token. */
  readonly limits?: (token: TokenFacts) => WatchLimits;
}

/** One look at the chain. */
export interface WatchStep {
  readonly block: number;
  /** What has begun to look wrong. */
  readonly alarms: readonly Alarm[];
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
  const batches = createBatchClock();
  const { observers } = options;
  const followed: AuditOptions = {
    ...options,
    observers: (made) => [...(observers?.(made) ?? []), batches.observer],
  };
  using pass = await openPass(followed, () => openSqliteStore(options.statePath ?? null));
  const { chain } = pass;
  const { token, money } = pass.contract;
  const raise = createAlarms(options.limits?.(token) ?? {}, money);
  const isNew = createNovelty();
  let done = pass.resumedFrom ?? -1;
  let isAway = false;
  while (!signal.aborted) {
    const block = (await chain.latestBlock()) - confirmations;
    if (block > done && block >= pass.fromBlock) {
      const end = await chain.block(block);
      const away = await pass.advance(end).then(() => null, bundlesAway);
      if (away !== null && !isAway) yield { block: done, alarms: [away], findings: [], notChecked: [] };
      isAway = away !== null;
      if (isAway) {
        await wait(pollMs, undefined, { signal }).catch(() => undefined);
        continue;
      }
      // Lanes that have not changed were compared before.
      const { findings, notChecked, bond } = await conclude(pass, end, done < pass.fromBlock ? 0 : done + 1);
      done = block;
      const { operator } = pass.run.state;
      const look = {
        time: end.time,
        lastBatchAt: batches.lastAt,
        bond: bond.amount,
        ...(await chain.nonces(operator)),
      };
      const alarms = raise({ ...look, operator });
      yield { block, alarms, findings: findings.filter(isNew), notChecked: notChecked.filter(isNew) };
    }
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The audited authority must not end the watch by its silence. */
function bundlesAway(error: unknown): Alarm {
  if (!(error instanceof NetworkError) || error.code !== "EVIDENCE_UNREACHABLE") throw error;
  return { name: "bundles-away", sentence: `the audit waits for bundles: ${error.message}` };
}

/** The time of the last batch. Of batches before a checkpoint nothing is known. */
function createBatchClock(): { lastAt: number | null; readonly observer: Observer } {
  const clock = {
    lastAt: null as number | null,
    observer: {
      batchSettled(_run, { time }) {
        clock.lastAt = time;
      },
    } satisfies Observer,
  };
  return clock;
}

/** True for what was not said before: a state that stays wrong is found again at each block. */
function createNovelty(): (one: Finding | NotChecked) => boolean {
  const known = new Set<string>();
  return (one) => {
    // It only became older.
    const sentence = one.sentence.replace(/\bblock \d+|\b\d+ s\b/g, "");
    const key = JSON.stringify({ ...one, sentence });
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };
}
