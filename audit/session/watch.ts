import { setTimeout as wait } from "node:timers/promises";
import { ChainError, NetworkError } from "../../protocol/base/errors.ts";
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

  const look = async (): Promise<WatchStep | null> => {
    const block = (await chain.latestBlock()) - confirmations;
    if (block <= done || block < pass.fromBlock) return null;
    const end = await chain.block(block);
    await pass.advance(end);
    // Lanes that have not changed were compared before.
    const { findings, notChecked, bond } = await conclude(pass, end, done < pass.fromBlock ? 0 : done + 1);
    const { operator } = pass.run.state;
    const seen = { time: end.time, lastBatchAt: batches.lastAt, bond: bond.amount };
    const alarms = raise({ ...seen, ...(await chain.nonces(operator)), operator });
    done = block;
    return { block, alarms, findings: findings.filter(isNew), notChecked: notChecked.filter(isNew) };
  };

  let away: Alarm["name"] | null = null;
  while (!signal.aborted) {
    let step: WatchStep | null = null;
    let alarm: Alarm | null = null;
    try {
      step = await look();
    } catch (error) {
      alarm = alarmOf(error);
      step = { block: done, alarms: [alarm], findings: [], notChecked: [] };
    }
    const isSaid = alarm !== null && alarm.name === away;
    away = alarm?.name ?? null;
    if (step !== null && !isSaid && !signal.aborted) yield step;
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What is away now must not end the watch by its silence. @throws any other error */
function alarmOf(error: unknown): Alarm {
  if (error instanceof NetworkError && error.code === "EVIDENCE_UNREACHABLE")
    return { name: "bundles-away", sentence: `the audit waits for bundles: ${error.message}` };
  if (error instanceof ChainError && error.code === "RPC_UNAVAILABLE")
    return { name: "node-away", sentence: `the audit waits for the chain: ${error.message}` };
  throw error;
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
