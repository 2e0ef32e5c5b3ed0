import { signal } from "@preact/signals";
import type { Auditor } from "./auditor.ts";
import type { Outcome, Progress, Target } from "./messages.ts";

/** What the page is about. */
export type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "running"; readonly target: Target; readonly progress: Progress | null }
  | { readonly kind: "failed"; readonly target: Target; readonly code: string; readonly text: string }
  | { readonly kind: "done"; readonly target: Target; readonly auditor: Auditor; readonly outcome: Outcome };

export const stage = signal<Stage>({ kind: "asking" });
