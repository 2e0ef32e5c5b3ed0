import type { Hex } from "../../protocol/base/bytes.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { OPERATOR_RESOURCE } from "../../protocol/http/public.ts";
import { invalidLogin, readSiwe, requireSigned } from "../accounts/siwe.ts";
import type { Context } from "../context.ts";

/**
 * Checks a login at the desk by the wallet that owns the contract, or that may propose to the
 * timelock that owns it: whatever the desk can do is less than what that key can. Returns the
 * wallet.
 * @throws {AccessError} LOGIN_INVALID, OPERATOR_REQUIRED; {ChainError} RPC_UNAVAILABLE
 */
export async function logInByWallet(
  context: Context,
  { message, signature }: { readonly message: string; readonly signature: string },
  domains: readonly string[],
): Promise<Address> {
  const login = readSiwe(context, message, domains);
  // A login to an account opens no desk, and the other way round.
  if (login.resource !== OPERATOR_RESOURCE) throw invalidLogin(`it must name one resource, ${OPERATOR_RESOURCE}`);
  if (!/^0x([0-9a-fA-F]{2}){1,4096}$/.test(signature)) throw invalidLogin("its signature is none");
  await requireSigned(context, login, { message, signature: signature as Hex });
  await requireOwner(context, login.account);
  return login.account;
}

/** @throws {AccessError} OPERATOR_REQUIRED; {ChainError} RPC_UNAVAILABLE */
export async function requireOwner({ chain }: Pick<Context, "chain">, wallet: Address): Promise<void> {
  if (!(await chain.readIsOwner(wallet)))
    throw new AccessError(
      "OPERATOR_REQUIRED",
      "that wallet neither owns the contract nor may propose to its timelock: use the owner's",
    );
}
