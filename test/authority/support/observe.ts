import { applyClaim } from "../../../authority/chain/observe.ts";
import type { TestAuthority } from "./context.ts";

/** Takes in the claims of others up to the confirmed block, as the mirror does. */
export async function observe({ chain, context }: TestAuthority): Promise<void> {
  await context.store.transaction(async (trx) => {
    for (const event of chain.events) if (event.block <= chain.confirmed.number) await applyClaim(trx, event);
  });
}
