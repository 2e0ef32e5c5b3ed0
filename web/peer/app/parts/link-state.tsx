import { act } from "../act.ts";
import { logOut } from "../api.ts";
import { isBusy, link, peer } from "../state.ts";

const WORDS = { opening: "asking", live: "live", lost: "does not answer", "logged-out": "logged out" } as const;

/** In the masthead: whether what is shown is what is. */
export function LinkState() {
  const state = link.value;
  return (
    <p class="link-state">
      <span class={`swarm ${state === "live" ? "alive" : "silent"}`}>
        <span class="dot" /> <span>{WORDS[state]}</span>
      </span>
      {peer.value !== null && state !== "logged-out" && (
        <button type="button" class="small" disabled={isBusy.value} onClick={() => void leave()}>
          Log out
        </button>
      )}
    </p>
  );
}

function leave(): Promise<void> {
  return act("Logging out…", async () => {
    await logOut();
    link.value = "logged-out";
    return null;
  });
}
