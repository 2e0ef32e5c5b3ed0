import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type FormValues, readTarget } from "../form-values.ts";
import type { Target } from "../messages.ts";
import { startAudit } from "../run.ts";
import { stage } from "../state.ts";
import { BundleFiles, bundlesAmong } from "./bundles-field.tsx";

/** Which history is to be checked, and by which node. */
export function AskForm({ workerUrl, first }: { workerUrl: string; first: FormValues }) {
  const values = useSignal<FormValues>(first);
  const wrong = useSignal<{ readonly field: keyof FormValues; readonly why: string } | null>(null);
  const files = useSignal<readonly File[]>([]);
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const target = withFiles(readTarget(values.value), files.value);
    wrong.value = "why" in target ? target : null;
    if (!("why" in target)) void startAudit(workerUrl, target);
    else form.current?.querySelector<HTMLElement>(`#${target.field}`)?.focus();
  };
  const isRunning = stage.value.kind === "running";
  const field = (name: Exclude<keyof FormValues, "isParanoid">, label: string, hint: string, more: object = {}) => (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        class="code"
        autocomplete="off"
        spellcheck={false}
        maxLength={2_048}
        value={values.value[name]}
        disabled={isRunning}
        aria-describedby={`${name}-hint`}
        aria-invalid={wrong.value?.field === name}
        onInput={(event) => (values.value = { ...values.value, [name]: event.currentTarget.value })}
        {...more}
      />
      <small id={`${name}-hint`} class={wrong.value?.field === name ? "bad state" : ""}>
        {wrong.value?.field === name ? wrong.value.why : hint}
      </small>
    </div>
  );
  const number = { inputMode: "numeric", maxLength: 15 };
  return (
    <form ref={form} class="card form ask" onSubmit={submit} aria-label="What to check">
      {field("rpcUrl", "Address of a node", "Any node of the chain that lets pages ask it (CORS).", {
        placeholder: "https://",
        inputMode: "url",
        required: true,
      })}
      {field("contract", "Contract", "Of the Floodgate authority that you want to check.", {
        placeholder: "0x",
        maxLength: 64,
        required: true,
      })}
      <details class="more" open={values.value.bundlesUrl !== ""}>
        <summary>Bundles: what the authority held back, and when</summary>
        <div class="fields">
          {field("bundlesUrl", "Server with the bundles", "An authority, or whoever mirrors it. Empty: not read.", {
            placeholder: "https://",
            inputMode: "url",
          })}
          <BundleFiles chosen={files.value.length} isDisabled={isRunning} choose={(chosen) => (files.value = chosen)} />
        </div>
      </details>
      <details class="more">
        <summary>Chain, blocks, and how much is checked twice</summary>
        <div class="fields">
          {field("chainId", "Number of the chain", "Another chain is refused. Empty: the node's.", number)}
          {field("fromBlock", "First block", "At or before the contract's creation. Empty: it is looked up.", number)}
          {field("toBlock", "Last block", "Empty: the newest one.", number)}
        </div>
        <label class="choice">
          <input
            type="checkbox"
            checked={values.value.isParanoid}
            disabled={isRunning}
            onChange={(event) => (values.value = { ...values.value, isParanoid: event.currentTarget.checked })}
          />
          <span>
            Check every signature twice
            <small>by a second library, which takes several times as long; else one in 1,024 is</small>
          </span>
        </label>
      </details>
      <p class="actions">
        <button class="main" type="submit" disabled={isRunning}>
          Check the history
        </button>
      </p>
    </form>
  );
}

type Wrong = Exclude<ReturnType<typeof readTarget>, Target>;

/** What was chosen from the disk is meant, whatever the address says. */
function withFiles(read: Target | Wrong, files: readonly File[]): Target | Wrong {
  if ("why" in read || files.length === 0) return read;
  const bundles = bundlesAmong(files);
  return "why" in bundles ? { field: "bundlesUrl", why: bundles.why } : { ...read, bundles };
}
