import type { Command } from "commander";
import type { Runtime } from "../../runtime.ts";
import { addExport } from "./export.ts";
import { addPage } from "./page.ts";
import { addProve } from "./prove.ts";
import { addRun } from "./run.ts";
import { addVerify } from "./verify.ts";
import { addWatch } from "./watch.ts";

export function addAuditCommands(program: Command, runtime: Runtime): void {
  const audit = program
    .command("audit")
    .summary("check a contract's whole history from the chain alone, trusting nobody")
    .description(
      "Checks a contract's whole history from the chain alone, trusting nobody. `audit` alone is `audit run`.",
    );
  for (const add of [addRun, addWatch, addExport, addProve, addVerify, addPage]) add(audit, runtime);
}
