import { encodeFunctionData, parseAbi } from "viem";
import type { Address } from "../../../protocol/base/ids.ts";
import { formatMoney } from "../../../protocol/base/units.ts";
import { act } from "./act.ts";
import { amountOf } from "./amount.ts";
import { refresh } from "./refresh.ts";
import { signAndSend } from "./sign-and-send.ts";
import { busy, login, notice } from "./state.ts";
import { domainOf, typedData } from "./wallet/typed-data.ts";

const ABI = parseAbi(["function revokeSession(address sessionKey)"]);

/** Lets a device's key spend up to a limit, until the end of a session. The wallet signs it. */
export function authorize(sessionKey: Address, limitText: string): Promise<void> {
  return act("Sign the authorization in your wallet.", async () => {
    const current = login.value;
    if (current === null) return;
    const { api, wallet } = current;
    const limit = amountOf(limitText, api.info.token.decimals);
    const expiresAt = api.now() + api.info.sessionLifetimeSec;
    const body = { sessionKey, limit: String(limit), expiresAt };
    const data = typedData(domainOf(api.info), "SessionAuthorization", {
      ...{ account: wallet.account, sessionKey, limit: body.limit, expiresAt: String(expiresAt) },
    });
    await signAndSend(current, data, "The authority relays it.", ({ signature }) =>
      api.authorizeSession({ ...body, signature }),
    );
    const text = `The device may spend up to ${formatMoney(limit, api.info.token)} when that is in a final block.`;
    notice.value = { kind: "good", text };
    await refresh();
  });
}

/** The device's access to the authority ends at once. It costs nothing. */
export function logDeviceOut(sessionKey: Address): Promise<void> {
  return act("Logging the device out.", async () => {
    await login.value?.api.logOut(sessionKey);
    notice.value = {
      kind: "good",
      text: "The device is logged out. Its key may still sign vouchers until it is revoked.",
    };
    await refresh();
  });
}

/** The contract takes no more vouchers of this key. The wallet pays, so nobody can stop it. */
export function revoke(sessionKey: Address): Promise<void> {
  return act("Send the transaction in your wallet. It pays the gas.", async () => {
    const current = login.value;
    if (current === null) return;
    const data = encodeFunctionData({ abi: ABI, functionName: "revokeSession", args: [sessionKey] });
    await current.wallet.sendTransaction(current.api.info.contract as Address, data);
    busy.value = "Logging the device out.";
    await current.api.logOut(sessionKey);
    const text = "The key is revoked when the transaction is in a final block. The device is logged out already.";
    notice.value = { kind: "good", text };
    await refresh();
  });
}
