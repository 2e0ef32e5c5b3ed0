import { getAddress } from "viem";
import { createSiweMessage } from "viem/siwe";
import { printable } from "../../../protocol/base/text.ts";
import { DOMAIN_STAND_IN, nameLoginDomain } from "../../../protocol/http/login-domain.ts";
import { ApiError, readInfo, readNonce } from "../../account/app/api.ts";
import type { FoundWallet } from "../../account/app/wallet/discovery.ts";
import { FlowError } from "../../account/app/wallet/flow-error.ts";
import { Wallet } from "../../account/app/wallet/wallet.ts";

const TIMEOUT_MS = 20_000;

/** Logs in at the desk (EIP-4361) and opens it. Returns what went wrong; null: nothing. */
export async function logInAsOwner({ name, provider }: FoundWallet): Promise<string | null> {
  try {
    const info = await readInfo();
    const wallet = await Wallet.connect(name, provider, info.chainId);
    const standIn = createSiweMessage({
      address: getAddress(wallet.account),
      chainId: info.chainId,
      domain: DOMAIN_STAND_IN,
      uri: location.origin,
      version: "1",
      nonce: await readNonce(wallet.account),
      issuedAt: new Date(info.now * 1_000),
      statement: "Log in at the operator's desk of Floodgate.",
      resources: ["urn:floodgate:operator"],
    });
    const message = nameLoginDomain(standIn, location.host);
    const { signature } = await wallet.signMessage(message);
    return await send(message, signature);
  } catch (error) {
    if (error instanceof FlowError || error instanceof ApiError) return error.message;
    reportError(error);
    return "This page has a fault: reload it. Nothing was sent.";
  }
}

async function send(message: string, signature: string): Promise<string | null> {
  const answer = await fetch("/operator/login/wallet", {
    method: "POST",
    body: new URLSearchParams({ message, signature }),
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null);
  if (answer === null) return "The authority does not answer. Look whether it runs, and try again.";
  if (answer.ok) {
    location.assign("/operator");
    return null;
  }
  const { detail } = (await answer.json().catch(() => ({}))) as { detail?: unknown };
  const text = printable(String(detail ?? `the authority answered with HTTP ${answer.status}`), 400);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
