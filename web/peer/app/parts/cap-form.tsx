import { useSignal } from "@preact/signals";
import type { ContentJson, PeerJson } from "../../../../protocol/http/peer.ts";
import { act } from "../act.ts";
import { changeContent } from "../api.ts";
import { isBusy } from "../state.ts";
import { capOf, capText } from "../typed.ts";

/** The most that one content may cost. */
export function CapForm({ content, token }: { content: ContentJson; token: PeerJson["token"] }) {
  const { infoHash, settings } = content;
  const typed = useSignal<string | null>(null);
  const text = typed.value ?? capText(settings.maxSpend, token.decimals);
  return (
    <section class="card form" aria-labelledby="cap">
      <h2 id="cap">Spending cap</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act("Setting the cap…", async () => {
            await changeContent(infoHash, { settings: { maxSpend: capOf(text, token.decimals) } });
            typed.value = null;
            return "The cap is set.";
          });
        }}
      >
        <label for="content-cap">This content may cost, {token.symbol}</label>
        <input
          id="content-cap"
          inputMode="decimal"
          autocomplete="off"
          maxLength={40}
          placeholder="no cap"
          value={text}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <p>Over all runs. It stops before the cap, and goes on when you raise it.</p>
        <button class="main" type="submit" disabled={isBusy.value}>
          Set cap
        </button>
      </form>
    </section>
  );
}
