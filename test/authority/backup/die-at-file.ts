import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/**
 * Loaded before a backup or a restore: its process gets SIGKILL from itself at a step of its work
 * on files. `FLOODGATE_CRASH_STEP`: its number, from 1. `FLOODGATE_CRASH_MOMENT`: `before` or
 * `after` it is done.
 */
const { FLOODGATE_CRASH_STEP: step, FLOODGATE_CRASH_MOMENT: moment } = process.env;
let left = Number(step);

type Work = (...values: unknown[]) => Promise<unknown>;
const work = fs as unknown as Record<string, Work>;
for (const name of ["chmod", "cp", "mkdir", "rename", "rm"]) {
  const original = work[name] as Work;
  work[name] = async (...values) => {
    const isLast = --left === 0;
    if (isLast && moment === "before") process.kill(process.pid, "SIGKILL");
    const result = await original(...values);
    if (isLast) process.kill(process.pid, "SIGKILL");
    return result;
  };
}
syncBuiltinESMExports();
