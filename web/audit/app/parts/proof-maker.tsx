import { useSignal } from "@preact/signals";
import { saveFile } from "../../../kit/live/save-file.ts";
import type { Auditor } from "../auditor.ts";
import { sayFailure } from "../failures.ts";
import type { MadeProof } from "../messages.ts";
import { ProofVerdict } from "./proof-verdict.tsx";

interface Props {
  readonly auditor: Auditor;
  readonly account: string;
  /** Null: about the account. */
  readonly lane: number | null;
}

/** Writes a file by which anyone sees offline what a lane or an account was paid. */
export function ProofMaker({ auditor, account, lane }: Props) {
  const made = useSignal<MadeProof | null>(null);
  const wrong = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const name = lane === null ? `${account}.json` : `${account}-lane-${lane}.json`;
  const make = async (): Promise<void> => {
    isBusy.value = true;
    wrong.value = null;
    try {
      made.value = await auditor.ask("prove", { account, lane });
      saveFile(name, "application/json", made.value.text);
    } catch (error) {
      wrong.value = sayFailure(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <>
      <button type="button" disabled={isBusy.value} onClick={() => void make()}>
        {lane === null ? "Make a proof of this account" : "Make a proof of this lane"}
      </button>
      <div role="alert" class="whole">
        {wrong.value !== null && <p class="bad state">{wrong.value}</p>}
      </div>
      <div role="status" class="whole">
        {made.value !== null && <ProofVerdict verdict={made.value.verdict} />}
      </div>
    </>
  );
}
