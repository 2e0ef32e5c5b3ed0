import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import type { PushReply } from "../../protocol/http/payments.ts";
import { readOptions } from "../options.ts";
import { cpuSecondsOf } from "./announce/processes.ts";
import { type ApiTarget, pushOf } from "./intake/people.ts";
import { Line } from "./intake/send.ts";

/** `npm run bench:intake`: vouchers that the authority stores per second, and who waits for it. */

const HELP = `Usage: npm run bench:intake -- [OPTIONS]

Vouchers that the authority checks, stores durably and answers with receipts, per second: pushes of 100 by 16 payees.
Beside them four connections read the list of torrents, before and meanwhile. Then the honest push 25 times a second
under a flood of bad signatures from 8 accounts with 8 connections each, with the limits that the authority has by
default; the share that is answered within a second counts.

  --smoke  a few pushes: proves that it works
  --json   one more line at the end, for programs`;

const values = readOptions(HELP, { json: { type: "boolean" }, smoke: { type: "boolean" } });
const PUSH = 100;
const PAYEES = 16;
const PUSHES = values.smoke ? 2 : 40;
const READ_ALONE_MS = values.smoke ? 200 : 2_000;
const FLOOD = { accounts: 8, connections: 8 };
const HONEST_PUSHES = values.smoke ? 25 : 250;
const HONEST_GAP_MS = 40;
const HONEST_VOUCHERS = 10;
const IN_TIME_MS = 1_000;
const UNLIMITED = 1_000_000;

const children: ChildProcess[] = [];
const homes: string[] = [];

function start(file: string, args: readonly unknown[]): ChildProcess {
  const path = join(import.meta.dirname, "intake", file);
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  // Messages have bytes.
  const child = fork(path, args.map(String), { execArgv, serialization: "advanced" });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

async function startApi(requestsPerMinute: number, payers: number): Promise<{ child: ChildProcess; api: ApiTarget }> {
  const home = mkdtempSync(join(tmpdir(), "floodgate-intake-"));
  homes.push(home);
  const child = start("api.ts", [home, requestsPerMinute, payers, PAYEES]);
  const [api] = (await once(child, "message")) as [ApiTarget];
  return { child, api };
}

async function readP99(reader: ChildProcess): Promise<number> {
  const told = once(reader, "message");
  reader.send("tell");
  const [p99] = (await told) as [number];
  return p99;
}

/** How many vouchers of a push have a receipt. */
function stored({ status, body }: { readonly status: number; readonly body: Buffer }): number {
  if (status !== 200) throw new Error(`a push was answered with ${status}: ${body}`);
  const { results } = JSON.parse(body.toString()) as PushReply;
  return results.filter((result) => "signature" in result).length;
}

async function measureIntake() {
  const { child, api } = await startApi(UNLIMITED, PUSH);
  const pushes = Array.from({ length: PAYEES }, (_, payee) =>
    Array.from({ length: PUSHES }, (_, i) => pushOf(api, payee, PUSH, BigInt(i + 1))),
  );
  const reader = start("reader.ts", [api.port]);
  await readP99(reader);
  await new Promise((resolve) => setTimeout(resolve, READ_ALONE_MS));
  const readAloneP99Ms = await readP99(reader);
  const [startedAt, cpuBefore] = [performance.now(), cpuSecondsOf(api.pid)];
  const counts = await Promise.all(
    pushes.map(async (all, payee) => {
      const line = new Line(api.port, `127.0.1.${payee + 1}`);
      let count = 0;
      for (const push of all) count += stored(await line.send(push));
      line.close();
      return count;
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuSeconds = cpuSecondsOf(api.pid) - cpuBefore;
  const readP99Ms = await readP99(reader);
  await end(reader);
  await end(child);
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (count !== PAYEES * PUSHES * PUSH) throw new Error(`${count} vouchers were stored, not all`);
  return { vouchersPerSecond: count / seconds, perCpuSecond: count / cpuSeconds, readP99Ms, readAloneP99Ms };
}

/** The share of honest pushes that were stored within a second. */
async function measureFlood(): Promise<number> {
  const { child, api } = await startApi(6_000, 500);
  const honest = PAYEES - 1;
  const pushes = Array.from({ length: HONEST_PUSHES }, (_, i) => pushOf(api, honest, HONEST_VOUCHERS, BigInt(i + 1)));
  const flood = start("flood.ts", [FLOOD.accounts, FLOOD.connections]);
  flood.send(api);
  await once(flood, "message");
  const inTime: Promise<boolean>[] = [];
  for (const push of pushes) {
    inTime.push(answersInTime(api.port, push));
    await new Promise((resolve) => setTimeout(resolve, HONEST_GAP_MS));
  }
  const answered = (await Promise.all(inTime)).filter((isInTime) => isInTime).length;
  await end(flood);
  await end(child);
  return answered / HONEST_PUSHES;
}

async function answersInTime(port: number, push: ReturnType<typeof pushOf>): Promise<boolean> {
  const line = new Line(port, "127.0.3.1");
  const startedAt = performance.now();
  try {
    const reply = await line.send(push);
    return reply.status === 200 && performance.now() - startedAt <= IN_TIME_MS;
  } catch {
    return false;
  } finally {
    line.close();
  }
}

try {
  const intake = await measureIntake();
  const honestUnderFlood = await measureFlood();
  const table = new Table({ head: ["what", "measured"] });
  table.push(
    ["vouchers stored a second, pushes of 100", Math.round(intake.vouchersPerSecond)],
    ["for each second of the authority's CPU", Math.round(intake.perCpuSecond)],
    [
      "a read, p99, nothing else / meanwhile",
      `${intake.readAloneP99Ms.toFixed(1)} / ${intake.readP99Ms.toFixed(1)} ms`,
    ],
    ["honest pushes within 1 s under the flood", `${(100 * honestUnderFlood).toFixed(1)} %`],
  );
  process.stdout.write(`${table.toString()}\n`);
  if (values.json) {
    const figures = {
      vouchersPerSecond: Math.round(intake.vouchersPerSecond),
      readP99Ms: Math.round(10 * intake.readP99Ms) / 10,
      honestUnderFlood,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
} finally {
  for (const child of children) child.kill("SIGKILL");
  for (const home of homes) rmSync(home, { recursive: true, force: true });
}
