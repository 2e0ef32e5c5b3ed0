import { useSignal } from "@preact/signals";
import { payIn } from "../pay-in.ts";
import { payInByPermit } from "../pay-in-by-permit.ts";
import { isBusy, type Login } from "../state.ts";

/** Money in: by card, or from the wallet. */
export function PayInForm({ login }: { login: Login }) {
  const isByCard = useSignal(true);
  const amount = useSignal("");
  const card = useSignal("");
  return (
    <section class="card form" aria-labelledby="pay-in">
      <h2 id="pay-in">Pay in</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void (isByCard.value ? payIn(amount.value, card.value) : payInByPermit(amount.value));
        }}
      >
        <fieldset>
          <legend class="unseen">From where</legend>
          <label class="choice">
            <input type="radio" name="from" checked={isByCard.value} onChange={() => (isByCard.value = true)} />
            <span>
              By card
              <small>the authority sends it on, and pays the gas</small>
            </span>
          </label>
          <label class="choice">
            <input type="radio" name="from" checked={!isByCard.value} onChange={() => (isByCard.value = false)} />
            <span>
              From the wallet
              <small>it signs a permit and sends one transaction, whose gas it pays; the authority takes no part</small>
            </span>
          </label>
        </fieldset>
        <label for="pay-in-amount">Amount, {login.api.info.token.symbol}</label>
        <input
          id="pay-in-amount"
          inputMode="decimal"
          autocomplete="off"
          required
          maxLength={40}
          value={amount.value}
          onInput={(event) => (amount.value = event.currentTarget.value)}
        />
        {isByCard.value && (
          <>
            <label for="pay-in-card">Card number</label>
            <input
              id="pay-in-card"
              inputMode="numeric"
              autocomplete="off"
              required
              maxLength={24}
              placeholder="4242 4242 4242 4242 on a devnet"
              value={card.value}
              onInput={(event) => (card.value = event.currentTarget.value)}
            />
          </>
        )}
        <button class="main" type="submit" disabled={isBusy.value}>
          {isByCard.value ? "Pay in" : "Sign and pay in"}
        </button>
      </form>
    </section>
  );
}
