import { signal } from "@preact/signals";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { Auditor } from "./auditor.ts";
import type { Outcome, Progress, Target } from "./messages.ts";

export type Token = AuditReport["token"];

/** What the page is about. */
export type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "running"; readonly target: Target; readonly progress: Progress | null }
  | { readonly kind: "failed"; readonly target: Target; readonly code: string; readonly text: string }
  | { readonly kind: "done"; readonly target: Target; readonly auditor: Auditor; readonly outcome: Outcome };

export const stage = signal<Stage>({ kind: "asking" });

/** An account, or one lane of it, that somebody wants to follow. */
export interface Followed {
  readonly account: string;
  /** Null: all that ever moved the account. */
  readonly lane: number | null;
}

export const followed = signal<Followed | null>(null);

export function follow(account: string, lane: number | null): void {
  followed.value = { account, lane };
  document.querySelector("#follow")?.scrollIntoView({ block: "start" });
}
