import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const LOOP = "for (;;);";

/** So many other processes that each take all of a processor that they get. */
export function keepBusy(processes: number): AsyncDisposable {
  const children: ChildProcess[] = Array.from({ length: processes }, () =>
    spawn(process.execPath, ["-e", LOOP], { stdio: "ignore" }),
  );
  return {
    async [Symbol.asyncDispose]() {
      const ended = children.map((child) => once(child, "exit"));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(ended);
    },
  };
}
