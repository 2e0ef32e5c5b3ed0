import type { AccountReply } from "../../../../protocol/http/accounts.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { logOut } from "../log-in.ts";
import { isBusy, type Login } from "../state.ts";

/** What the account has, in all and by parts. */
export function Summary({ login, summary }: { login: Login; summary: AccountReply }) {
  const { token } = login.api.info;
  const sum = (name: string, amount: string, note: string) => (
    <div class="stat">
      <dt>{name}</dt>
      <dd>
        <Money amount={BigInt(amount)} token={token} />
      </dd>
      <dd class="note">{note}</dd>
    </div>
  );
  return (
    <section aria-label="Balance">
      <div class="bar who">
        <p>
          <Hex value={summary.account} whole />{" "}
          <span class="soft">
            in {login.wallet.name}, at block {summary.block}
          </span>
        </p>
        <button type="button" disabled={isBusy.value} onClick={() => void logOut()}>
          Log out
        </button>
      </div>
      <dl class="stats narrow">
        {sum(`Balance, ${token.symbol}`, summary.balance, "in the contract, yours")}
        {sum("Free", summary.free, "can leave at once")}
        {sum("Promised", summary.reserved, "set aside for peers that you may buy from")}
        {BigInt(summary.withdrawing) > 0n && sum("Leaving", summary.withdrawing, "asked back, waits for its delay")}
        {sum("On its way to you", summary.unsettled, "vouchers that are not settled, before fees")}
        {sum("Earned", summary.earned, "settled to you, after fees")}
        {sum("Paid", summary.paid, "settled from you")}
      </dl>
      <nav class="jump actions" aria-label="On this page">
        <a class="button" href="#withdraw">
          Withdraw
        </a>
        <a class="button" href="#pay-in">
          Pay in
        </a>
        <a class="button" href="#devices">
          Devices
        </a>
      </nav>
    </section>
  );
}
