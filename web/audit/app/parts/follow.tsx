import { useSignal, useSignalEffect } from "@preact/signals";
import type { Auditor } from "../auditor.ts";
import type { AccountStory, LaneStory } from "../messages.ts";
import { followed, type Token } from "../state.ts";
import { AccountTimeline } from "./account-timeline.tsx";
import { LaneTrail } from "./lane-trail.tsx";

type Story =
  | { readonly kind: "account"; readonly story: AccountStory }
  | { readonly kind: "lane"; readonly story: LaneStory };

/** One account, or one of its lanes, from deposit to coin. */
export function Follow({ auditor, token }: { auditor: Auditor; token: Token }) {
  const account = useSignal("");
  const lane = useSignal("");
  const wrong = useSignal<string | null>(null);
  const shown = useSignal<Story | null>(null);

  useSignalEffect(() => {
    const wanted = followed.value;
    if (wanted === null) return;
    account.value = wanted.account;
    lane.value = wanted.lane === null ? "" : String(wanted.lane);
    void tell(wanted.account, wanted.lane);
  });

  async function tell(address: string, number: number | null): Promise<void> {
    shown.value =
      number === null
        ? { kind: "account", story: await auditor.ask("account", { account: address }) }
        : { kind: "lane", story: await auditor.ask("lane", { payer: address, lane: number }) };
  }

  const submit = (event: Event): void => {
    event.preventDefault();
    const [address, number] = [account.value.trim(), lane.value.trim()];
    wrong.value = !/^0x[0-9a-fA-F]{40}$/.test(address)
      ? "An account is 0x and 40 hex digits."
      : /^\d{0,10}$/.test(number)
        ? null
        : "A lane is a number.";
    if (wrong.value === null) followed.value = { account: address, lane: number === "" ? null : Number(number) };
  };

  return (
    <section aria-labelledby="follow">
      <h2 id="follow">Follow the money</h2>
      <form class="form inline" onSubmit={submit}>
        <div class="field wide">
          <label for="follow-account">Account, or payer of a lane</label>
          <input
            id="follow-account"
            class="code"
            autocomplete="off"
            spellcheck={false}
            maxLength={64}
            placeholder="0x"
            value={account.value}
            onInput={(event) => (account.value = event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="follow-lane">Lane</label>
          <input
            id="follow-lane"
            inputMode="numeric"
            autocomplete="off"
            maxLength={10}
            placeholder="all"
            value={lane.value}
            onInput={(event) => (lane.value = event.currentTarget.value)}
          />
        </div>
        <button type="submit">Follow</button>
      </form>
      <div role="alert">{wrong.value !== null && <p class="bad state">{wrong.value}</p>}</div>
      <div aria-live="polite">
        {shown.value?.kind === "account" && (
          <AccountTimeline key={shown.value.story.account} auditor={auditor} story={shown.value.story} token={token} />
        )}
        {shown.value?.kind === "lane" && (
          <LaneTrail
            key={`${shown.value.story.payer}/${shown.value.story.lane}`}
            auditor={auditor}
            story={shown.value.story}
            token={token}
          />
        )}
      </div>
    </section>
  );
}
