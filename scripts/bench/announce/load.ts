import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { hasProgram, type Target } from "./processes.ts";

/** A closed loop of announces from one machine. */
export interface Load {
  /** Queries, asked in turns. */
  readonly queries: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** A new connection for each announce. */
  readonly isClosing: boolean;
}

export interface Rate {
  readonly perSecond: number;
  /** Per second of the tracker's CPU: what other load on the machine changes least. */
  readonly perCpuSecond: number;
}

/**
 * Measures with wrk, which takes little of the machine. Without it, with node:http, which takes
 * more than the tracker does.
 */
export async function measure(target: Target, load: Load): Promise<Rate> {
  const before = target.cpuSeconds();
  const { answered, seconds } = hasProgram("wrk") ? await runWrk(target.url, load) : await runNode(target.url, load);
  return { perSecond: answered / seconds, perCpuSecond: answered / (target.cpuSeconds() - before) };
}

interface Run {
  readonly answered: number;
  readonly seconds: number;
}

/** wrk's script: the requests of a file in turns, and at the end what was answered. */
const LUA = `
local requests = {}
local at = 0
init = function(args)
  for query in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", "/announce?" .. query)
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary)
  local errors = summary.errors
  -- opentracker closes each connection, which wrk takes for an error of reading.
  local failed = errors.connect + errors.write + errors.status + errors.timeout
  io.write("\\nDONE " .. summary.requests .. " " .. summary.duration .. " " .. failed .. "\\n")
end
`;

async function runWrk(url: string, { queries, connections, seconds, isClosing }: Load): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-wrk-"));
  try {
    const [script, list] = [join(directory, "load.lua"), join(directory, "queries")];
    writeFileSync(script, LUA);
    writeFileSync(list, queries.join("\n"));
    const header = isClosing ? ["-H", "Connection: close"] : [];
    const loop = ["-t", "1", "-c", String(connections), "-d", `${seconds}s`, ...header, "-s", script, url, list];
    const child = spawn("wrk", loop, { stdio: ["ignore", "pipe", "inherit"] });
    const [, requests, micros, failed] = /DONE (\d+) (\d+) (\d+)/.exec(await text(child.stdout)) ?? [];
    if (requests === undefined || Number(failed) > Number(requests) / 100)
      throw new Error(`wrk failed: ${requests} requests, ${failed} errors`);
    return { answered: Number(requests), seconds: Number(micros) / 1_000_000 };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function runNode(url: string, { queries, connections, seconds, isClosing }: Load): Promise<Run> {
  const startedAt = performance.now();
  const until = startedAt + 1_000 * seconds;
  let answered = 0;
  const agent = isClosing ? false : new Agent({ keepAlive: true, maxSockets: connections });
  await Promise.all(
    Array.from({ length: connections }, async (_, i) => {
      for (let at = i; performance.now() < until; at += connections) {
        await announce(url, queries[at % queries.length] as string, agent);
        answered++;
      }
    }),
  );
  if (agent) agent.destroy();
  return { answered, seconds: (performance.now() - startedAt) / 1_000 };
}

/** One announce, and its whole reply. */
export async function announce(url: string, query: string, agent: Agent | false, from?: string): Promise<Buffer> {
  const request = get(`${url}?${query}`, { agent, ...(from === undefined ? {} : { localAddress: from }) });
  const [response] = await once(request, "response");
  return buffer(response);
}

/** Each query once. `isClosing`: a new connection for each. */
export async function announceAll(
  url: string,
  queries: readonly string[],
  connections: number,
  isClosing = false,
): Promise<{ readonly replies: readonly Buffer[]; readonly seconds: number }> {
  const agent = isClosing ? false : new Agent({ keepAlive: true, maxSockets: connections });
  const replies: Buffer[] = [];
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < queries.length) {
        const at = next++;
        replies[at] = await announce(url, queries[at] as string, agent);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  if (agent) agent.destroy();
  return { replies, seconds };
}
