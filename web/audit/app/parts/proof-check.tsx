import { useSignal } from "@preact/signals";
import { MAX_PROOF_BYTES } from "../../../../audit/proof/limits.ts";
import type { ProofVerdict as Verdict } from "../../../../audit/proof/verify-proof.ts";
import { Auditor } from "../auditor.ts";
import { sayFailure } from "../failures.ts";
import { ProofVerdict } from "./proof-verdict.tsx";

/** Checks a proof file that somebody has sent: no node, no audit. */
export function ProofCheck({ workerUrl }: { workerUrl: string }) {
  const verdict = useSignal<Verdict | null>(null);
  const wrong = useSignal<string | null>(null);
  const verify = async (file: File | undefined): Promise<void> => {
    verdict.value = wrong.value = null;
    if (file === undefined) return;
    const auditor = new Auditor(workerUrl, () => undefined);
    try {
      if (file.size > MAX_PROOF_BYTES) throw new Error("the proof does not hold: it is longer than any proof");
      verdict.value = await auditor.ask("verify", { text: await file.text() });
    } catch (error) {
      wrong.value = sayFailure(error);
    } finally {
      auditor.stop();
    }
  };
  return (
    <section class="card form check" aria-labelledby="check-proof">
      <h2 id="check-proof">Check a proof</h2>
      <label for="proof-file">
        A file of this page, or of <code>floodgate audit prove</code>
      </label>
      <input
        id="proof-file"
        type="file"
        accept=".json,application/json"
        onChange={(event) => void verify(event.currentTarget.files?.[0])}
      />
      <small>It is read here, without any network.</small>
      <div role="alert">{wrong.value !== null && <p class="bad state">{wrong.value}</p>}</div>
      <div role="status">
        {verdict.value !== null && (
          <>
            <p class="good state">All in this file fits.</p>
            <ProofVerdict verdict={verdict.value} />
          </>
        )}
      </div>
    </section>
  );
}
