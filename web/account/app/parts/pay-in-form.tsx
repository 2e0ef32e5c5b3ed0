import { useSignal } from "@preact/signals";
import { payIn } from "../pay-in.ts";
import { isBusy, type Login } from "../state.ts";

/** Money in, by card. */
export function PayInForm({ login }: { login: Login }) {
  const amount = useSignal("");
  const card = useSignal("");
  return (
    <section class="card form" aria-labelledby="pay-in">
      <h2 id="pay-in">Pay in</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void payIn(amount.value, card.value);
        }}
      >
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
        <button class="main" type="submit" disabled={isBusy.value}>
          Pay in
        </button>
      </form>
    </section>
  );
}
