import { encodeApprove } from "../../protocol/contract/calls.ts";
import type { Ending } from "../chain/outbox.ts";
import type { Context } from "../context.ts";
import { enqueueTransaction } from "../store/tables/transactions.ts";

/** Lets the contract take the authority's tokens for deposits, once. */
export async function approveTreasury({ chain, store }: Context): Promise<void> {
  const { contract, token } = chain.facts;
  if ((await chain.readAllowance()) > 2n ** 128n) return;
  await enqueueTransaction(store.db, {
    actionId: "approve:1",
    kind: "approve",
    recipient: token.address,
    data: encodeApprove(contract),
  });
}

/**
 * Nothing in the store depends on the approval: the contract itself refuses deposits without it.
 */
export const approveEnding: Ending = {
  onFinal: async () => undefined,
  onFailed: async () => undefined,
};
