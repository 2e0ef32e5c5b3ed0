import { InputError } from "../../../protocol/base/errors.ts";
import type { Db } from "../database.ts";

/**
 * Ties the store to one contract for good. Nonces, lanes and balances of another contract would get
 * mixed up with its own.
 * @throws {InputError} NETWORK_WRONG
 */
export async function claimNetwork(db: Db, identity: string): Promise<void> {
  await db
    .insertInto("network")
    .values({ id: 1, identity })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom("network").selectAll().executeTakeFirstOrThrow();
  if (row.identity !== identity) {
    throw new InputError(
      "NETWORK_WRONG",
      "the store in this home belongs to another chain or contract: choose another --home, or start the right chain",
    );
  }
}
