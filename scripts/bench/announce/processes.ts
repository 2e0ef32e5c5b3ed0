import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { findFreePort } from "../../devnet/ports.ts";

/** A tracker under load, in a process of its own. */
export interface Target {
  readonly url: string;
  readonly udpPort: number;
  /** Seconds of CPU that it has used. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = 100;
const HERE = import.meta.dirname;

/** Our tracker, with the operator secret and authority of the bench, and quotas out of the way. */
export function startOurs(authorityUrl: string, operatorSecret: string): Promise<Target> {
  return startChild("our-tracker.ts", [authorityUrl, operatorSecret]);
}

export function startBaseline(): Promise<Target> {
  return startChild("baseline-tracker.ts", []);
}

/** Debian's opentracker; null where it is absent. */
export async function startOpentracker(): Promise<Target | null> {
  if (!hasProgram("opentracker")) return null;
  const port = await findFreePort();
  const child = spawn("opentracker", ["-i", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  while (!(await isOpen(port)) && child.exitCode === null);
  return child.exitCode === null ? targetOf(child, `http://127.0.0.1:${port}/announce`, port) : null;
}

export function hasProgram(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

async function startChild(file: string, args: readonly string[]): Promise<Target> {
  const child = fork(join(HERE, file), args, { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const [{ url, udpPort }] = (await once(child, "message")) as [{ url: string; udpPort: number }];
  return targetOf(child, url, udpPort);
}

function targetOf(child: ChildProcess, url: string, udpPort: number): Target {
  return {
    url,
    udpPort,
    cpuSeconds: () => cpuSecondsOf(child.pid as number),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** User and system time of a process (proc(5), fields 14 and 15); NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  const result = await promise;
  socket.destroy();
  return result;
}
