import type { Address } from "../facts/primitives.ts";

/** When a watch raises an alarm, beside findings. Absent: never. */
export interface WatchLimits {
  /** Seconds without a batch. */
  readonly maxBatchAgeSec?: number;
  /** The least bond, base units. */
  readonly minBond?: bigint;
  /** Seconds for which the operator's next transaction may wait. */
  readonly maxWaitSec?: number;
}

/** What a watch sees at one block. */
export interface Look {
  /** Of the block, seconds. */
  readonly time: number;
  /** Null: no batch was seen yet. */
  readonly lastBatchAt: number | null;
  /** Base units. */
  readonly bond: bigint;
  readonly operator: Address;
  /** The operator's transactions on the chain, and with those that wait. */
  readonly mined: number;
  readonly withWaiting: number;
}

/** Nothing is broken yet, but somebody should look. */
export interface Alarm {
  readonly name: "late-batch" | "low-bond" | "stuck-nonce" | "bundles-away" | "node-away";
  readonly sentence: string;
}

/** Judges looks in their order, and says each alarm once until its reason has gone. */
export function createAlarms(limits: WatchLimits, money: (amount: bigint) => string): (look: Look) => Alarm[] {
  const raised = new Set<string>();
  let begin: number | null = null;
  let waiting: { readonly operator: Address; readonly mined: number; readonly since: number } | null = null;

  const judge = (look: Look): (Alarm | null)[] => {
    begin ??= look.time;
    const isSame = waiting?.operator === look.operator && waiting.mined === look.mined;
    if (look.withWaiting <= look.mined) waiting = null;
    else if (!isSame) waiting = { operator: look.operator, mined: look.mined, since: look.time };
    return [
      lateBatch(look.time - Math.max(look.lastBatchAt ?? begin, begin), limits),
      lowBond(look.bond, limits, money),
      stuckNonce(look, waiting === null ? 0 : look.time - waiting.since, limits),
    ];
  };

  return (look) => {
    const alarms = judge(look).filter((alarm) => alarm !== null);
    const fresh = alarms.filter(({ name }) => !raised.has(name));
    raised.clear();
    for (const { name } of alarms) raised.add(name);
    return fresh;
  };
}

function lateBatch(ageSec: number, { maxBatchAgeSec }: WatchLimits): Alarm | null {
  if (maxBatchAgeSec === undefined || ageSec <= maxBatchAgeSec) return null;
  return { name: "late-batch", sentence: `no batch for ${ageSec} s, more than ${maxBatchAgeSec} s` };
}

function lowBond(bond: bigint, { minBond }: WatchLimits, money: (amount: bigint) => string): Alarm | null {
  if (minBond === undefined || bond >= minBond) return null;
  return { name: "low-bond", sentence: `the bond is ${money(bond)}, less than ${money(minBond)}` };
}

function stuckNonce({ operator, mined }: Look, waitedSec: number, { maxWaitSec }: WatchLimits): Alarm | null {
  if (maxWaitSec === undefined || waitedSec <= maxWaitSec) return null;
  const sentence = `transaction ${mined} of the operator ${operator} has waited for ${waitedSec} s`;
  return { name: "stuck-nonce", sentence: `${sentence}, more than ${maxWaitSec} s` };
}
