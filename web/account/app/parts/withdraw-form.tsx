import { useSignal } from "@preact/signals";
import { formatAmount } from "../../../../protocol/base/units.ts";
import type { AccountReply } from "../../../../protocol/http/accounts.ts";
import { sayMoment } from "../../../kit/live/moment.tsx";
import { isBusy, type Login } from "../state.ts";
import { withdraw } from "../withdraw.ts";

/** Takes money out: at once, as far as nobody is promised it, or after the contract's delay. */
export function WithdrawForm({ login, summary }: { login: Login; summary: AccountReply }) {
  const { info } = login.api;
  const isNow = useSignal(true);
  const amount = useSignal("");
  const to = useSignal(login.wallet.account as string);
  const delaySec = info.allotmentPeriodSec + info.claimPeriodSec;
  const most = isNow.value ? summary.free : summary.balance;
  return (
    <section class="card form" aria-labelledby="withdraw">
      <h2 id="withdraw">Withdraw</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void withdraw({ amount: amount.value, to: to.value, isNow: isNow.value });
        }}
      >
        <fieldset>
          <legend class="unseen">When</legend>
          <label class="choice">
            <input type="radio" name="when" checked={isNow.value} onChange={() => (isNow.value = true)} />
            <span>
              At once
              <small>with the authority's release: some blocks from now</small>
            </span>
          </label>
          <label class="choice">
            <input type="radio" name="when" checked={!isNow.value} onChange={() => (isNow.value = false)} />
            <span>
              After the delay
              <small>
                without its word: not before {sayMoment(login.api.now() + delaySec)}, when it is asked for now
              </small>
            </span>
          </label>
        </fieldset>
        <label for="withdraw-amount">Amount, {info.token.symbol}</label>
        <div class="with-button">
          <input
            id="withdraw-amount"
            inputMode="decimal"
            autocomplete="off"
            required
            maxLength={40}
            value={amount.value}
            onInput={(event) => (amount.value = event.currentTarget.value)}
          />
          <button type="button" onClick={() => (amount.value = formatAmount(BigInt(most), info.token.decimals))}>
            All
          </button>
        </div>
        <label for="withdraw-to">To</label>
        <input
          id="withdraw-to"
          class="code"
          autocomplete="off"
          spellcheck={false}
          required
          maxLength={42}
          value={to.value}
          onInput={(event) => (to.value = event.currentTarget.value)}
        />
        <button class="main" type="submit" disabled={isBusy.value}>
          Sign and withdraw
        </button>
      </form>
    </section>
  );
}
