import { floodTracker } from "../../../scripts/bench/floods/tracker.ts";
import type { Row } from "../../../scripts/cheats/row.ts";

/** Share of a swarm's honest peers that a newcomer must still be told of. */
const KEPT = 0.9;

/**
 * One address announces one peer after the other, over so many connections, to push the honest out
 * of a swarm.
 */
export async function floodsASwarm(connections: number): Promise<Row> {
  const { swarmKept } = await floodTracker({ connections, announces: 20 });
  const nothing = { bytes: 0, money: 0n };
  const percent = Math.round(100 * swarmKept);
  return {
    scenario: "floods a swarm from one address",
    cheats: 1,
    gained: nothing,
    lost: nothing,
    bound: { ...nothing, why: "the places of its address's quota, and nobody else's" },
    problems: swarmKept < KEPT ? [`a newcomer is told of ${percent} % of the honest peers`] : [],
    note: `${connections} connections; a newcomer is told of ${percent} % of the honest peers`,
  };
}
