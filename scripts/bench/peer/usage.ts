import { readFileSync } from "node:fs";

/** What a process has used. Linux only. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Resident. */
  readonly rssBytes: number;
}

/** proc_pid_stat(5): clock ticks are hundredths of a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export function readUsage(pid: number): Usage {
  // The second field is the program's name, which may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
  const fields = stat.split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return { cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND, rssBytes: kibibytes * 1_024 };
}
