import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startDevnet } from "../../cli/devnet/devnet-node.ts";
import { AuthorityClient } from "../../client/authority-client.ts";
import { MAIN } from "../../scripts/devnet/command.ts";
import { findFreePort } from "../../scripts/devnet/ports.ts";
import type { Random } from "../chaos/random.ts";
import { deployDevnet } from "../support/deploy-devnet.ts";
import { MEMORY_ROOM } from "../support/memory-room.ts";
import { CRASH_POINTS, type CrashPoint, MOMENTS, type Moment } from "./points.ts";

const DIE_AT = join(import.meta.dirname, "die-at.ts");

type Environment = Readonly<Record<string, string>>;

/** The exit code of ChainError: see docs/errors.md. */
const CHAIN_AWAY = 5;

/** A start takes some hundred, and each second some dozens. */
const MOST_STATEMENTS = 600;

/** The authority as a process that dies where it is told to, and is started again. */
export interface MortalAuthority extends AsyncDisposable {
  readonly home: string;
  readonly client: AuthorityClient;
  readonly operatorSecret: string;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** Starts it anew: it will die there, once, and then come back without a fault. */
  dieAt(point: CrashPoint, moment: Moment): Promise<void>;
  /** Starts it anew: it will die at any statement of its store, and again, so often. */
  dieRandomly(random: Random, times: number): Promise<void>;
  /** How often it has died. */
  readonly deaths: number;
  /** Why it did not come back; null: it is well. */
  readonly failure: string | null;
}

export async function startMortalAuthority(): Promise<MortalAuthority> {
  const home = mkdtempSync(join(MEMORY_ROOM, "floodgate-crash-"));
  const { signal } = new AbortController();
  const devnet = await startDevnet({ port: 0, host: "127.0.0.1", chainId: 31_337, signal });
  await deployDevnet(home, devnet.rpcUrl);
  const life = new Life(home, devnet.rpcUrl, await findFreePort());
  await life.start({});
  return {
    home,
    client: new AuthorityClient({ url: life.url }),
    operatorSecret: readFileSync(join(home, "operator-secret"), "utf8").trim(),
    async rpc(method, ...params) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const headers = { "content-type": "application/json" };
      const answer = (await (await fetch(devnet.rpcUrl, { method: "POST", headers, body })).json()) as object;
      return "result" in answer ? answer.result : undefined;
    },
    async dieAt(point, moment) {
      await life.end();
      const [sql, skip] = CRASH_POINTS[point];
      await life.start({
        FLOODGATE_CRASH_SQL: sql,
        FLOODGATE_CRASH_SKIP: String(skip),
        FLOODGATE_CRASH_MOMENT: moment,
      });
    },
    async dieRandomly(random, times) {
      let left = times;
      life.fate = () => (left-- > 0 ? randomDeath(random) : {});
      await life.end();
      await life.start(life.fate());
    },
    get deaths() {
      return life.deaths;
    },
    get failure() {
      return life.failure;
    },
    async [Symbol.asyncDispose]() {
      await life.end();
      await devnet[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function randomDeath(random: Random): Environment {
  return {
    FLOODGATE_CRASH_SQL: ".",
    FLOODGATE_CRASH_SKIP: String(random.between(0, MOST_STATEMENTS)),
    FLOODGATE_CRASH_MOMENT: random.pick(MOMENTS),
  };
}

class Life {
  readonly url: string;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;
  #isWanted = false;
  deaths = 0;
  failure: string | null = null;
  /** How it ends the next time, when it has died. */
  fate: () => Environment = () => ({});

  constructor(home: string, rpcUrl: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    const own = ["--rpc", rpcUrl, "--port", String(port), "--tracker-url", "http://127.0.0.1:2/announce"];
    this.#args = ["authority", "start", ...own, "--home", home, "--log-level", "fatal", "--json"];
  }

  /** Resolves when it listens, or has died on the way and come back. */
  async start(environment: Environment): Promise<void> {
    this.#isWanted = true;
    const args = ["--disable-warning=ExperimentalWarning", "--import", DIE_AT, MAIN, ...this.#args];
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const child = spawn(process.execPath, args, { env: { ...process.env, ...environment }, stdio: [...stdio] });
    this.#child = child;
    let said = "";
    child.stderr?.on("data", (data) => {
      said += data;
    });
    const ended = once(child, "close").then(async ([code, signal]) => {
      if (!this.#isWanted || child !== this.#child) return;
      // On a busy machine its node may answer late: whoever supervises it starts it again.
      if (code === CHAIN_AWAY) return this.start(environment);
      if (signal !== "SIGKILL") {
        this.failure = `it ended with ${code}: ${said}`;
        return;
      }
      this.deaths++;
      await this.start(this.fate());
    });
    const ready = once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line");
    await Promise.race([ready, ended]);
  }

  async end(): Promise<void> {
    this.#isWanted = false;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
  }
}
