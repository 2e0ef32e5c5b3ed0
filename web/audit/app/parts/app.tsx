import type { FormValues } from "../form-values.ts";
import { stage } from "../state.ts";
import { AskForm } from "./ask-form.tsx";
import { ProofCheck } from "./proof-check.tsx";
import { Result } from "./result.tsx";
import { Failed, Running } from "./running.tsx";

/** The whole page: what to check, how far it is, and what was found. */
export function App({ workerUrl, first }: { workerUrl: string; first: FormValues }) {
  const at = stage.value;
  return (
    <>
      {at.kind === "done" ? null : <AskForm workerUrl={workerUrl} first={first} />}
      <div role="status">{at.kind === "running" && <Running target={at.target} progress={at.progress} />}</div>
      <div role="alert">{at.kind === "failed" && <Failed code={at.code} text={at.text} />}</div>
      {at.kind === "asking" && <ProofCheck workerUrl={workerUrl} />}
      {at.kind === "done" && <Result auditor={at.auditor} outcome={at.outcome} />}
    </>
  );
}
