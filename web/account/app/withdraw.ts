import { formatMoney } from "../../../protocol/base/units.ts";
import { act } from "./act.ts";
import { amountOf } from "./amount.ts";
import { refresh } from "./refresh.ts";
import { signAndSend } from "./sign-and-send.ts";
import { login, money, notice } from "./state.ts";
import { FlowError } from "./wallet/flow-error.ts";
import { domainOf, typedData } from "./wallet/typed-data.ts";

/** Time for the request to get into a block. */
const DEADLINE_SEC = 600;

export interface WithdrawalWish {
  /** As it was typed, in the token's units. */
  readonly amount: string;
  readonly to: string;
  readonly isNow: boolean;
}

/** Lets the wallet sign a withdrawal, then the authority relay it. */
export function withdraw(wish: WithdrawalWish): Promise<void> {
  return act("Sign the withdrawal in your wallet.", async () => {
    const current = login.value;
    const summary = money.value?.summary;
    if (current === null || summary === undefined) return;
    const { api } = current;
    const { token } = api.info;
    const amount = amountOf(wish.amount, token.decimals);
    if (!/^0x[0-9a-fA-F]{40}$/.test(wish.to))
      throw new FlowError("Write the address that gets the money: 0x and 40 hex digits.");
    const { balance, withdrawalNonce } = await api.account();
    if (amount > BigInt(balance))
      throw new FlowError(`The account has ${formatMoney(balance, token)}: withdraw at most that.`);
    const to = wish.to.toLowerCase();
    const request = { to, amount: String(amount), deadline: api.now() + DEADLINE_SEC, nonce: withdrawalNonce };
    const data = typedData(domainOf(api.info), wish.isNow ? "InstantWithdrawal" : "Withdrawal", {
      ...{ account: current.wallet.account, to, amount: request.amount },
      ...{ deadline: String(request.deadline), nonce: request.nonce },
    });
    await signAndSend(current, data, "The authority relays it.", ({ signature }) =>
      api.withdraw({ ...request, signature, ...(wish.isNow ? { isNow: true } : {}) }),
    );
    const how = wish.isNow
      ? "leaves as soon as it is in a final block"
      : "leaves after the delay: the timeline has its date";
    notice.value = { kind: "good", text: `${formatMoney(amount, token)} ${how}.` };
    await refresh();
  });
}
