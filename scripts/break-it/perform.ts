import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Arena, type CreateRunner, type Onlooker, openArena, SMALL } from "../cheats/arena.ts";
import type { CommandRunner } from "../devnet/command.ts";
import type { RunningNetwork } from "../devnet/network.ts";
import type { World } from "../devnet/world.ts";
import type { BreakCase } from "./case.ts";
import { auditAll, CLEAN } from "./cases/acts.ts";
import type { Perform } from "./desk.ts";
import { withAudit } from "./verdict.ts";

/** Does cases on a network that runs, each with a directory and commands of its own. */
export interface Performer extends AsyncDisposable {
  readonly perform: Perform;
}

/** `onlookerOf`: who watches this case. */
export function createPerformer(
  world: Pick<World, "directory" | "network" | "devnet">,
  createRunner: CreateRunner,
  onlookerOf: (one: BreakCase) => Onlooker | undefined,
): Performer {
  const { network, devnet } = world;
  let count = 0;
  let running: CommandRunner | null = null;
  return {
    async perform(one, say) {
      const directory = join(world.directory, `case-${++count}`);
      mkdirSync(directory, { mode: 0o700 });
      const runner = createRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") });
      running = runner;
      try {
        const ground = {
          ...{ directory, network, devnet, runner },
          customer: () => Promise.reject(new Error("cases know people, no customers")),
          randomFile(name: string, bytes: number) {
            const path = join(directory, name);
            writeFileSync(path, randomBytes(bytes));
            return path;
          },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        };
        await using arena = openArena(ground, SMALL, createRunner, onlookerOf(one));
        const people: Arena["people"] = (...names) => {
          say(`New here, with an account and money in it: ${sayNames(names)}.`);
          return arena.people(...names);
        };
        const verdict = await one.run({ arena: { ...arena, people }, say });
        if (one.isAudited) return verdict;
        const { isOk, finding } = await auditAll({ world: ground });
        return withAudit(verdict, isOk, isOk ? CLEAN : (finding ?? "The audit could not be finished."));
      } catch (error) {
        await bringBack(network);
        throw error;
      } finally {
        await runner.stopAll();
      }
    },
    async [Symbol.asyncDispose]() {
      await running?.stopAll();
    },
  };
}

function sayNames(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}

/** A case that failed half-way may have left the authority dead. */
async function bringBack(network: RunningNetwork): Promise<void> {
  const isThere = await fetch(`${network.apiUrl}/v1/info`).then(
    () => true,
    () => false,
  );
  if (!isThere) await network.restartAuthority().catch(() => undefined);
}
