import { getAddress } from "viem";
import { createSiweMessage } from "viem/siwe";
import { DOMAIN_STAND_IN, nameLoginDomain } from "../../../protocol/http/login-domain.ts";
import { act, leave } from "./act.ts";
import { Api, readInfo, readNonce } from "./api.ts";
import { refresh } from "./refresh.ts";
import { createSessionKey } from "./session.ts";
import { busy, login, notice } from "./state.ts";
import type { FoundWallet } from "./wallet/discovery.ts";
import { FlowError } from "./wallet/flow-error.ts";
import { Wallet } from "./wallet/wallet.ts";

/** Connects a wallet and logs in with it (EIP-4361). Nothing is kept unless all of it is done. */
export function connect({ name, provider }: FoundWallet): Promise<void> {
  return act("Answer the questions in your wallet: which account, and a login.", async () => {
    const info = await readInfo();
    const wallet = await Wallet.connect(name, provider, info.chainId);
    const key = createSessionKey();
    const api = new Api(key, info);
    const standIn = createSiweMessage({
      address: getAddress(wallet.account),
      chainId: info.chainId,
      domain: DOMAIN_STAND_IN,
      uri: location.origin,
      version: "1",
      nonce: await readNonce(wallet.account),
      issuedAt: new Date(api.now() * 1_000),
      statement: "Sign in to Floodgate and let one session key act for this account.",
      resources: [`urn:floodgate:session:${key.publicKey}`],
    });
    const message = nameLoginDomain(standIn, location.host);
    const { signature, isOwn } = await wallet.signMessage(message);
    const reply = await api.logIn(message, signature).catch((error: unknown) => {
      if (isOwn) throw error;
      throw new FlowError(
        "The wallet signed something else, or with another key, than it was asked to. You are not logged in.",
      );
    });
    if (reply.account !== wallet.account) throw new FlowError("The authority logged in another account. Try again.");
    const unwatch = wallet.watch((why) => {
      unwatch();
      leave();
      notice.value = { kind: "bad", text: `${why} You are logged out; what was not signed was not sent.` };
    });
    busy.value = "Reading your account.";
    login.value = { wallet, api, key };
    await refresh();
    notice.value = null;
  });
}

/** Ends this page's session, here and at the authority. */
export function logOut(): Promise<void> {
  return act("Logging out.", async () => {
    const { current } = { current: login.value };
    leave();
    await current?.api.logOut(current.key.address);
  });
}
