import { formatMoney, parseAmount } from "../../../protocol/base/units.ts";
import { act } from "./act.ts";
import { ApiError } from "./api.ts";
import { refresh } from "./refresh.ts";
import { busy, type Login, login, money, notice } from "./state.ts";
import { FlowError } from "./wallet/flow-error.ts";
import { domainOf, type TypedData, typedData } from "./wallet/typed-data.ts";
import type { Signed } from "./wallet/wallet.ts";

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

/** Asks the wallet, then the authority. A refusal of what another key signed says so. */
async function signAndSend(
  current: Login,
  data: TypedData,
  then: string,
  send: (signed: Signed) => Promise<unknown>,
): Promise<void> {
  const signed = await current.wallet.signTypedData(data);
  if (login.value !== current) throw new FlowError("You were logged out meanwhile. Nothing was sent.");
  busy.value = then;
  await send(signed).catch((error: unknown) => {
    if (signed.isOwn || !(error instanceof ApiError)) throw error;
    throw new FlowError(
      "The wallet signed something else than it was asked to: another account, another chain, or other words. The authority refused it, and nothing was done.",
    );
  });
}

function amountOf(text: string, decimals: number): bigint {
  let amount = 0n;
  try {
    amount = parseAmount(text.trim(), decimals);
  } catch {
    throw new FlowError(`Write an amount with at most ${decimals} decimals, like 12.5.`);
  }
  if (amount === 0n) throw new FlowError("Write an amount above zero.");
  return amount;
}
