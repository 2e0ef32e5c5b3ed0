import { FloodgateError, InvariantError } from "../../protocol/base/errors.ts";
import { ChaosAuthority, Killed } from "./authority.ts";
import { checkMoney, type Wrongs } from "./check.ts";
import { FAULTS, type Fault, FaultyNode, LIES } from "./faulty-node.ts";
import { Load } from "./load.ts";
import { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

export interface SeedReport extends Wrongs {
  readonly seed: number;
  reorgs: number;
  faults: number;
  kills: number;
  /** Errors after which a process would have had to be started by hand. */
  readonly restarts: string[];
}

/** Each kind of fault alone, and each with each other one: 78 sets, one for each seed in turn. */
const FAULT_SETS: readonly (readonly Fault[])[] = FAULTS.flatMap((first, i) => [
  [first],
  ...FAULTS.slice(i + 1).map((second) => [first, second]),
]);
const STEPS = 60;
/** Rounds and blocks after which everything must have come to its end. */
const QUIET_ROUNDS = 80;

/** The same seed makes the same chain, the same faults and the same people's doings. */
export async function runSeed(stage: Stage, seed: number): Promise<SeedReport> {
  const random = new Random(seed);
  const report = { seed, reorgs: 0, faults: 0, kills: 0, restarts: [], lost: [], twice: [], mismatched: [] };
  await stage.reset();
  const faults = FAULT_SETS[seed % FAULT_SETS.length] as readonly Fault[];
  // Of one node every word but a lie is believed; of three, one may lie.
  const count = seed % 2 === 0 || faults.some((fault) => LIES.includes(fault)) ? 3 : 1;
  const nodes = Array.from({ length: count }, (_, i) => new FaultyNode(`node-${i}`, stage, random));
  const authority = new ChaosAuthority(stage, nodes);
  try {
    return await play({ stage, random, nodes, faults, authority, report });
  } finally {
    await authority.stop();
  }
}

interface Play {
  readonly stage: Stage;
  readonly random: Random;
  readonly nodes: readonly FaultyNode[];
  readonly faults: readonly Fault[];
  readonly authority: ChaosAuthority;
  readonly report: SeedReport;
}

async function play({ stage, random, nodes, faults, authority, report }: Play): Promise<SeedReport> {
  const load = new Load(authority, stage, random);
  await authority.start();
  await load.begin();
  const judge = judgeFor(report);

  for (let step = 0; step < STEPS; step++) {
    if (random.chance(0.08)) report.faults += strike(nodes, faults, random);
    if (random.chance(0.12)) for (const node of nodes) node.faults = [];
    if (random.chance(0.05)) authority.killAfter(random.between(0, 60));
    if (random.chance(0.06)) {
      await stage.reorganize(random.between(1, 20), () => random.chance(0.6));
      report.reorgs++;
    }
    if (random.chance(0.7)) await stage.mine();
    const isAlive = await alive(async () => {
      if (!authority.isRunning) await authority.start().catch(judge);
      if (!authority.isRunning) return;
      await load.act().catch(judge);
      await authority.round(judge);
    });
    if (isAlive) continue;
    report.kills++;
    await authority.kill();
  }

  for (const node of nodes) node.faults = [];
  await authority.kill();
  await authority.start();
  await load.closeAll();
  for (let round = 0; round < QUIET_ROUNDS; round++) {
    await authority.round(judge);
    await stage.mine();
    if (round > 8 && (await isQuiet(authority))) break;
  }
  await authority.round(judge);
  const { lost, twice, mismatched } = await checkMoney(authority, load, stage);
  report.lost.push(...lost);
  report.twice.push(...twice);
  report.mismatched.push(...mismatched);
  return report;
}

/** Any node may fail, or all; at most one of several lies. */
function strike(nodes: readonly FaultyNode[], faults: readonly Fault[], random: Random): number {
  const honest = faults.filter((fault) => !LIES.includes(fault));
  for (const node of nodes) node.faults = random.chance(0.6) ? honest : [];
  const liar = random.pick(nodes);
  if (honest.length < faults.length) liar.faults = faults;
  return faults.length;
}

function judgeFor(report: SeedReport): (error: unknown) => void {
  return (error) => {
    if (error instanceof Killed) throw error;
    if (error instanceof FloodgateError && !(error instanceof InvariantError)) return;
    report.restarts.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    if (process.env.FLOODGATE_CHAOS_LOG) console.error(error);
  };
}

async function alive(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  }
}

/** Nothing is under way any more. */
async function isQuiet({ context }: ChaosAuthority): Promise<boolean> {
  const { db } = context.store;
  const pending = await db
    .selectFrom("transactions")
    .select("id")
    .where("state", "not in", ["final", "failed"])
    .execute();
  const lanes = await db
    .selectFrom("lanes")
    .select("lane")
    .where("amount", "!=", "0")
    .where("state", "not in", ["settled", "skipped"])
    .execute();
  return pending.length === 0 && lanes.length === 0;
}
