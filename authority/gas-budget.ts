import { AccessError } from "../protocol/base/errors.ts";
import type { Address } from "../protocol/base/ids.ts";
import type { Context } from "./context.ts";
import { DAY_SEC } from "./day.ts";
import type { Db } from "./store/database.ts";
import { insertGasUse, listGasUses } from "./store/tables/transactions.ts";

/** Gas that the authority pays for an account's wish, as `npm run bench:gas` has it, rounded up. */
export const RELAY_GAS = {
  deposit: 100_000,
  session: 110_000,
  /** Its request and its payment. */
  withdrawal: 180_000,
  instantWithdrawal: 130_000,
} as const;

/**
 * Takes a relayed action from its account's gas of the day. Call it in the store transaction that
 * stores the action, so that an action counts once.
 * @throws {AccessError} RATE_LIMITED: the action is not to be stored
 */
export async function takeGas(
  { clock, config }: Pick<Context, "clock" | "config">,
  db: Db,
  action: { readonly account: Address; readonly actionId: string; readonly gas: number },
): Promise<void> {
  const now = clock.now();
  const uses = await listGasUses(db, action.account, now - DAY_SEC);
  const used = uses.reduce((sum, { gas }) => sum + gas, 0);
  const budget = config.params.gasPerAccountPerDay;
  if (used + action.gas > budget) {
    const retryAfterSec = Math.max(1, (uses[0]?.createdAt ?? now) + DAY_SEC - now);
    const text = `this account's transactions of the day have used ${used} gas of ${budget}: try again later`;
    throw new AccessError("RATE_LIMITED", text, { details: { retryAfterSec } });
  }
  await insertGasUse(db, { ...action, createdAt: now });
}
