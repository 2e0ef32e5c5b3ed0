import { useSignal } from "@preact/signals";
import { printable } from "../../../../protocol/base/text.ts";
import type { ContentJson } from "../../../../protocol/http/peer.ts";
import { act } from "../act.ts";
import { changeContent, removeContent, verifyContent } from "../api.ts";
import { isBusy } from "../state.ts";
import { Confirm } from "./confirm.tsx";

/** What its owner may do with a content. */
export function Actions({ content }: { content: ContentJson }) {
  const { infoHash, state, title, place } = content;
  const isAsking = useSignal(false);
  const withData = useSignal(false);
  const name = printable(title, 80);
  const isStopped = state === "paused" || state === "failed";
  return (
    <>
      <p class="actions">
        <button
          class={isStopped ? "main" : ""}
          type="button"
          disabled={isBusy.value}
          onClick={() => void rest(content, !isStopped)}
        >
          {isStopped ? "Resume" : "Pause"}
        </button>
        <button type="button" disabled={isBusy.value || state === "paused"} onClick={() => void verify(infoHash)}>
          Verify
        </button>
        <button type="button" disabled={isBusy.value} onClick={() => (isAsking.value = true)}>
          Remove…
        </button>
      </p>
      {isAsking.value && (
        <Confirm
          title={`Remove “${name}”?`}
          yes={withData.value ? "Remove and delete" : "Remove"}
          onYes={() => void remove(infoHash, name, withData.value)}
          onClose={() => (isAsking.value = false)}
        >
          <p>The peer forgets it: it is no longer downloaded or offered. What it owes is paid, what it earned stays.</p>
          {place === "download" ? (
            <label class="choice">
              <input
                type="checkbox"
                checked={withData.value}
                onChange={(event) => (withData.value = event.currentTarget.checked)}
              />
              <span>Delete what was downloaded, too</span>
            </label>
          ) : (
            <p>Its file was yours before, and stays where it is.</p>
          )}
        </Confirm>
      )}
    </>
  );
}

function rest({ infoHash }: ContentJson, isPaused: boolean): Promise<void> {
  return act(isPaused ? "Pausing: what is owed is paid…" : "Resuming…", async () => {
    await changeContent(infoHash, { isPaused });
    return null;
  });
}

function verify(infoHash: string): Promise<void> {
  return act("Comparing every piece with its hash…", async () => {
    const { bytesDone, sizeBytes } = await verifyContent(infoHash);
    return bytesDone === sizeBytes
      ? "Every piece is as it was published."
      : "Some pieces are missing or were changed: they are bought again.";
  });
}

function remove(infoHash: string, name: string, withData: boolean): Promise<void> {
  return act("Removing…", async () => {
    await removeContent(infoHash, withData);
    location.hash = "#/";
    return withData ? `${name} is forgotten, and its files are deleted.` : `${name} is forgotten; its files stay.`;
  });
}
