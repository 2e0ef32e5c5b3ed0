import { printable } from "../../../protocol/base/text.ts";
import { AuditFailure, Auditor } from "./auditor.ts";
import { showInAddress } from "./form-values.ts";
import type { Target } from "./messages.ts";
import { followed, stage } from "./state.ts";

const MAX_TEXT = 1_000;

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

/** An error's words name options of the command line: here they are fields of a form. */
const FIELDS: readonly (readonly [option: RegExp, field: string])[] = [
  [/--rpc and --chain-id/g, "the node's address and the chain's number"],
  [/--rpc\b/g, "the node's address"],
  [/--contract\b/g, "the contract's address"],
  [/--chain-id\b/g, "the chain's number"],
  [/--from-block\b/g, "first block"],
  [/--to-block\b/g, "last block"],
];

/** A sentence of one line: a node may have put anything into it. */
function sayFailure(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const text = FIELDS.reduce((words, [option, field]) => words.replace(option, field), printable(said, MAX_TEXT));
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
