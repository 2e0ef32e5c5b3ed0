import { useSignal } from "@preact/signals";
import { act } from "../act.ts";
import { usePasted } from "../log-in.ts";
import { isBusy } from "../state.ts";

/** Stands where a browser has no session: how to get one. */
export function LoggedOut() {
  const typed = useSignal("");
  return (
    <section class="notice">
      <h2 id="logged-out">This browser is not logged in</h2>
      <p>
        Only you may see and steer your peer. On the machine that it runs on, this prints an address that logs one
        browser in, once:
      </p>
      <div class="command">
        <pre>
          <code>floodgate peer ui</code>
        </pre>
      </div>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void act("Logging in…", async () => {
            await usePasted(typed.value);
            return null;
          });
        }}
      >
        <label for="address">Open it, or paste it here</label>
        <div class="with-button">
          <input
            id="address"
            autocomplete="off"
            spellcheck={false}
            maxLength={300}
            value={typed.value}
            onInput={(event) => (typed.value = event.currentTarget.value)}
          />
          <button class="main" type="submit" disabled={isBusy.value}>
            Log in
          </button>
        </div>
      </form>
      <p class="soft">A login ends with the peer, or after twelve hours without use.</p>
    </section>
  );
}
