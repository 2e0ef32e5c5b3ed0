import { setTimeout } from "node:timers/promises";
import type { Amount } from "../../protocol/base/units.ts";
import { encodeApprove } from "../../protocol/contract/calls.ts";
import { BackOff } from "../back-off.ts";
import type { Ending } from "../chain/transactions/ending.ts";
import type { Context } from "../context.ts";
import { countTransactions, enqueueTransaction, findNewestOf } from "../store/tables/transactions.ts";

const PART = "allowance";
/** Between two approvals, at most, when they do not help. */
const MAX_DELAY_SEC = 60;
const POLL_MS = 100;
/** It is looked at so often, also without a new block. */
const LOOK_SEC = 20;

/**
 * Keeps the contract's allowance above all that the operator has, so that it can take each deposit.
 * Whatever lowers it, such as a new operator key or a token that counts it down, is made good.
 */
export function createAllowanceWatch(context: Context): () => Promise<void> {
  const { chain, clock, funds, readiness, store } = context;
  const backOff = new BackOff(MAX_DELAY_SEC);
  let [seenBlock, seenAt] = [-1, 0];

  return async () => {
    const { number } = chain.latest;
    if (number === seenBlock && clock.now() < seenAt + LOOK_SEC) return;
    const [allowance, treasury] = await Promise.all([chain.readAllowance(), chain.readTreasury()]);
    [seenBlock, seenAt] = [number, clock.now()];
    funds.saw({ treasury, allowance, block: number });
    if (isSatisfied(allowance, treasury)) {
      backOff.succeeded(PART);
      return readiness.report(PART, null);
    }
    const { operator } = chain;
    readiness.report(PART, `the contract may not take ${operator}'s tokens yet: deposits wait for its approval`);
    const newest = await findNewestOf(store.db, "approve");
    const isUnderWay = newest !== undefined && newest.state !== "final" && newest.state !== "failed";
    if (isUnderWay || !backOff.isDue(PART, clock.now())) return;
    backOff.failed(PART, clock.now());
    await enqueueTransaction(store.db, {
      actionId: `approve:${operator}:${(await countTransactions(store.db, "approve")) + 1}`,
      kind: "approve",
      recipient: chain.facts.token.address,
      data: encodeApprove(chain.facts.contract),
    });
    context.wake();
  };
}

/**
 * Resolves when deposits are possible, at the first start after a block or two; or after `ms`: the
 * authority does all else without. It waits for what deposits look at, which the watch must see.
 */
export async function awaitAllowance({ funds }: Pick<Context, "funds">, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    const seen = funds.read(0);
    if (seen !== null && isSatisfied(seen.allowance, seen.treasury)) return;
    await setTimeout(POLL_MS);
  }
}

function isSatisfied(allowance: Amount, treasury: Amount): boolean {
  return allowance > 0n && allowance >= treasury;
}

/** Nothing in the store depends on an approval: the watch looks at the allowance itself. */
export const approveEnding: Ending = {
  onFinal: async () => undefined,
  onFailed: async () => undefined,
};
