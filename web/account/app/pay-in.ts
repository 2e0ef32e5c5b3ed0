import { formatMoney } from "../../../protocol/base/units.ts";
import { act } from "./act.ts";
import { amountOf } from "./amount.ts";
import { refresh } from "./refresh.ts";
import { login, notice } from "./state.ts";
import { FlowError } from "./wallet/flow-error.ts";

/** One wish has one key, however often it is sent: the card is charged once. */
let attempt: { readonly wish: string; readonly key: string } | null = null;

/** Charges a card; the authority then credits the account on-chain. */
export function payIn(amountText: string, cardText: string): Promise<void> {
  return act("The card is being charged.", async () => {
    const current = login.value;
    if (current === null) return;
    const { api } = current;
    const { token } = api.info;
    const amount = amountOf(amountText, token.decimals);
    const card = cardText.replace(/[ -]/g, "");
    if (!/^[0-9]{12,19}$/.test(card)) throw new FlowError("Write the number of the card: 12 to 19 digits.");
    const wish = `${current.wallet.account} ${amount} ${card}`;
    if (attempt?.wish !== wish) attempt = { wish, key: crypto.randomUUID() };
    const { state, reason } = await api.payIn(attempt.key, { amount: String(amount), card });
    // It has ended, so the same amount again is another payment.
    attempt = null;
    if (state === "declined" || state === "failed")
      throw new FlowError(`The card was not charged${reason === null ? "." : `: ${reason}.`}`);
    const text = `${formatMoney(amount, token)} is charged, and on its way to your account.`;
    notice.value = { kind: "good", text };
    await refresh();
  });
}
