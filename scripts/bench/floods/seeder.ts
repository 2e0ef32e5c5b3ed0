import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../devnet/command.ts";
import { startWorld, type World } from "../../devnet/world.ts";

export interface SeederFlood {
  /** Most that the seeder's process took, while connections with many streams each were held. */
  readonly seederRssMiB: number;
  /** Speed of an honest `get` beside idle wires, as a share of the speed without. */
  readonly idleWiresRatio: number;
  readonly idleConnectionsRatio: number;
}

export interface SeederScale {
  readonly fileBytes: number;
  readonly wires: number;
  readonly connections: number;
  readonly streams: number;
  readonly connectionsOfStreams: number;
  readonly rounds: number;
}

const WATCH_MS = 250;

/** A real seeder, attackers from one host, and customers that buy from it beside them. */
export async function floodSeeder(scale: SeederScale): Promise<SeederFlood> {
  await using world = await startWorld();
  const seeder = await world.customer("seeder");
  const path = world.randomFile("film.bin", scale.fileBytes);
  const home = ["--home", seeder.home];
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1", ...home]);
  const seed = world.runner.start(["seed", String(infoHash), "--file", path, ...home]);
  const { torrentPort, libp2pPort } = await seed.event("ready");
  const customers = new Customers(world, String(infoHash));
  const wires = [torrentPort, scale.wires, infoHash];
  const idle = [libp2pPort, scale.connections, 0];
  const [plain, besideWires, besideConnections]: number[][] = [[], [], []];
  for (let round = 0; round < scale.rounds; round++) {
    plain?.push(await customers.speed());
    besideWires?.push(await during("wires", wires, () => customers.speed()));
    besideConnections?.push(await during("connections", idle, () => customers.speed()));
  }
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, rssMiB(seed));
  }, WATCH_MS);
  await during("streams", [libp2pPort, scale.connectionsOfStreams, scale.streams], () => customers.speed());
  clearInterval(watch);
  const best = (speeds: number[] | undefined): number => Math.max(...(speeds ?? []));
  return {
    seederRssMiB: most,
    idleWiresRatio: best(besideWires) / best(plain),
    idleConnectionsRatio: best(besideConnections) / best(plain),
  };
}

/** Each buys once. */
class Customers {
  readonly #world: World;
  readonly #infoHash: string;
  #count = 0;

  constructor(world: World, infoHash: string) {
    this.#world = world;
    this.#infoHash = infoHash;
  }

  /** Downloads a second; 0 when the download failed. */
  async speed(): Promise<number> {
    const customer = await this.#world.customer(`customer-${this.#count++}`);
    const out = join(customer.home, "downloads");
    const startedAt = performance.now();
    const { code } = await this.#world.runner.tryRun(["get", this.#infoHash, "--out", out, "--home", customer.home]);
    return code === 0 ? 1_000 / (performance.now() - startedAt) : 0;
  }
}

async function during<T>(kind: string, args: readonly unknown[], run: () => Promise<T>): Promise<T> {
  const file = join(import.meta.dirname, "flood-seeder.ts");
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  const attacker: ChildProcess = fork(file, [kind, ...args.map(String)], { execArgv });
  await once(attacker, "message");
  try {
    return await run();
  } finally {
    const ended = once(attacker, "exit");
    attacker.kill("SIGKILL");
    await ended;
  }
}

/** Resident memory (proc(5), VmRSS); 0 where there is no /proc. */
function rssMiB(command: Command): number {
  try {
    const status = readFileSync(`/proc/${command.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
