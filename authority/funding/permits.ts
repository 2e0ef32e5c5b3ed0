import { ChainError } from "../../protocol/base/errors.ts";
import type { PermitReply } from "../../protocol/http/timeline.ts";
import type { Caller, Context } from "../context.ts";
import { findPause } from "../store/operator/operator-actions.ts";

/**
 * What the caller's wallet must know to pay in by itself. The authority takes no part in the
 * payment: wallet, token and Depositor do it, and the chain tells of it.
 * @throws {ChainError} DEPOSITS_PAUSED, RPC_UNAVAILABLE
 */
export async function readPermit({ chain, store }: Context, { account }: Caller): Promise<PermitReply> {
  const { depositor, token } = chain.facts;
  if (depositor === null) return { permit: null };
  if ((await chain.readIsPaused()) || (await findPause(store.db))?.action === "pause")
    throw new ChainError("DEPOSITS_PAUSED", "no deposit is possible now: try later (deposits are paused)");
  const permit = await chain.readPermit(account);
  if (permit === null) return { permit: null };
  const { name, version, nonce, tokens } = permit;
  const amounts = { nonce: nonce.toString(), tokens: tokens.toString() };
  return { permit: { depositor, token: token.address, name: name.slice(0, 200), version, ...amounts } };
}
