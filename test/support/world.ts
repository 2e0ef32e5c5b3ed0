import { startWorld as startWorldWith, type World } from "../../scripts/devnet/world.ts";
import { InProcessRunner } from "./in-process-runner.ts";

export type { World };

/** A world of processes, whose short commands run inside this one. */
export function startWorld(
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
): Promise<World> {
  return startWorldWith(deployOptions, authorityOptions, (environment) => new InProcessRunner(environment));
}
