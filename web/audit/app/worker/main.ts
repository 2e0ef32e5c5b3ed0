import { FloodgateError } from "../../../../protocol/base/errors.ts";
import type { Asked, Told } from "../messages.ts";
import { AuditSession } from "./audit-session.ts";

/** The worker: the auditor's own code, away from the page, so that the page never stands still. */

const page = globalThis as unknown as {
  postMessage(told: Told): void;
  onmessage: ((event: { readonly data: Asked }) => void) | null;
};

const session = new AuditSession((progress) => page.postMessage({ kind: "progress", progress }));

page.onmessage = ({ data }) => {
  session.answer(data).then(
    (answer) => page.postMessage({ kind: "answer", id: data.id, answer }),
    (error: unknown) => page.postMessage({ kind: "failed", id: data.id, ...inWords(error) }),
  );
};
page.postMessage({ kind: "ready" });

function inWords(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof FloodgateError) return { code: error.code, text: error.message };
  reportError(error);
  const what = error instanceof Error ? error.message : String(error);
  return { code: "UNEXPECTED", text: `the auditor has a fault (${what}): nothing was concluded` };
}
