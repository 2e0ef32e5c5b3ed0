import { AuditFailure, Auditor } from "./auditor.ts";
import { sayFailure } from "./failures.ts";
import { showInAddress } from "./form-values.ts";
import type { Target } from "./messages.ts";
import { followed, stage } from "./state.ts";

let current: Auditor | null = null;

/** Checks a history from its first block. What was shown before is gone. */
export async function startAudit(workerUrl: string, target: Target): Promise<void> {
  current?.stop();
  followed.value = null;
  showInAddress(target);
  stage.value = { kind: "running", target, progress: null };
  const auditor = new Auditor(workerUrl, (progress) => {
    if (current === auditor && stage.value.kind === "running") stage.value = { kind: "running", target, progress };
  });
  current = auditor;
  try {
    const outcome = await auditor.ask("audit", target);
    if (current === auditor) stage.value = { kind: "done", target, auditor, outcome };
  } catch (error) {
    auditor.stop();
    if (current !== auditor) return;
    current = null;
    const code = error instanceof AuditFailure ? error.code : "UNEXPECTED";
    stage.value = { kind: "failed", target, code, text: sayFailure(error) };
  }
}

/** Stops whatever runs, and asks for another history. */
export function leaveAudit(): void {
  const stopped = current;
  current = null;
  stopped?.stop();
  stage.value = { kind: "asking" };
}
