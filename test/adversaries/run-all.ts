import { type Arena, openArena, type Size } from "../../scripts/cheats/arena.ts";
import { badPieces, takesAndStops } from "../../scripts/cheats/crooked-sellers.ts";
import { judgeLeaving, startRevoking, startWithdrawing } from "../../scripts/cheats/leaving-payers.ts";
import { closeMarket, type Market, openMarket } from "../../scripts/cheats/market.ts";
import type { Row } from "../../scripts/cheats/row.ts";
import { startWorld, TestRunner } from "../support/world.ts";
import { apiFloods } from "./scenarios/api-floods.ts";
import { largeView, paysInThePast, paysLate, paysLess } from "./scenarios/bad-payers.ts";
import { badSignatures } from "./scenarios/bad-signatures.ts";
import { paysOnAnothersLane } from "./scenarios/foreign-lane.ts";
import { freeRiders } from "./scenarios/free-riders.ts";
import { halfBad } from "./scenarios/half-bad.ts";
import { middleMan } from "./scenarios/middle-man.ts";
import { floodsASwarm } from "./scenarios/tracker-flood.ts";

type Scenario = (arena: Arena, market: Market) => Promise<Row | Row[]>;

/**
 * All cheats, one table. `only` picks those whose names contain it. `isParallel` runs them at once,
 * which takes less time and is no easier for the honest.
 */
export async function runAll(
  size: Size,
  options: { readonly isParallel: boolean; readonly only?: string; readonly say?: (line: string) => void },
): Promise<Row[]> {
  const { isParallel, only = "", say = () => undefined } = options;
  await using world = await startWorld([], ["--requests-per-minute", "1000000"]);
  await using arena = openArena(world, size, (environment) => new TestRunner(environment));
  const shared = isParallel ? await openMarket(arena, "market") : null;
  const run = async ([name, scenario]: readonly [string, Scenario]): Promise<Row[]> => {
    if (!name.includes(only)) return [];
    // One after the other, none meets what the one before has left in the swarm.
    const market = shared ?? (await openMarket(arena, name.replaceAll(" ", "-")));
    const rows = [await scenario(arena, market)].flat();
    if (!shared) await closeMarket(market);
    say(name);
    return rows;
  };
  const rows: Row[] = [];
  // Leaving comes last, since it settles for all.
  for (const stage of [PAYERS, { ...SELLERS, ...sellersOfBadPieces(size) }, { "leaving payers": leavingPayers }]) {
    const scenarios = Object.entries(stage);
    if (isParallel) rows.push(...(await Promise.all(scenarios.map(run))).flat());
    else for (const scenario of scenarios) rows.push(...(await run(scenario)));
  }
  if (shared) await closeMarket(shared);
  if ("api floods".includes(only)) rows.push(...(await apiFloods(size.apiRequests)));
  if ("tracker flood".includes(only)) rows.push(await floodsASwarm(size.connections));
  return rows;
}

const PAYERS: Readonly<Record<string, Scenario>> = {
  "free riders": (_, market) => freeRiders(market),
  "late payer": (_, market) => paysLate(market),
  "half payer": (_, market) => paysLess(market),
  "past payer": (_, market) => paysInThePast(market),
  "foreign lane": (_, market) => paysOnAnothersLane(market),
  "large view": (_, market) => largeView(market),
  "bad signatures": (_, market) => badSignatures(market),
};

const SELLERS: Readonly<Record<string, Scenario>> = {
  "takes and stops": takesAndStops,
  "middle man": middleMan,
};

function sellersOfBadPieces({ badPercents, halfBadRounds: rounds }: Size): Readonly<Record<string, Scenario>> {
  const shares = badPercents.map((percent) => [`bad pieces ${percent} %`, (arena: Arena) => badPieces(arena, percent)]);
  return { ...Object.fromEntries(shares), ...(rounds > 0 ? { "half bad": halfBad } : {}) };
}

async function leavingPayers(_: Arena, market: Market): Promise<Row[]> {
  // One after the other: the faucet is one account.
  const withdrawing = await startWithdrawing(market);
  return judgeLeaving(market, [withdrawing, await startRevoking(market)]);
}
