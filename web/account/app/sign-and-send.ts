import { ApiError } from "./api.ts";
import { busy, type Login, login } from "./state.ts";
import { FlowError } from "./wallet/flow-error.ts";
import type { TypedData } from "./wallet/typed-data.ts";
import type { Signed } from "./wallet/wallet.ts";

/** Asks the wallet, then the authority. A refusal of what another key signed says so. */
export async function signAndSend(
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
