import type { Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import type { Deposit } from "../tables/deposits.ts";
import type { ChainDepositTable } from "./chain-deposit-schema.ts";

export type ChainDeposit = Selectable<ChainDepositTable>;

/** The same event again changes nothing: a mirror that begins anew reads all of them once more. */
export async function insertChainDeposit(db: Db, deposit: ChainDeposit): Promise<void> {
  await db
    .insertInto("chainDeposits")
    .values(deposit)
    .onConflict((conflict) => conflict.columns(["block", "logIndex"]).doNothing())
    .execute();
}

/** One payment into an account: by card, or on-chain by somebody who is no operator. */
export type PaidIn =
  | { readonly by: "card"; readonly deposit: Deposit }
  | { readonly by: "chain"; readonly deposit: ChainDeposit };

/**
 * What was paid into the account, newest first, behind the first `offset`. `operators`: what they
 * paid in on-chain was charged to cards.
 */
export async function listPaidIn(
  db: Db,
  { account, operators }: { readonly account: Address; readonly operators: readonly Address[] },
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<PaidIn[]> {
  const places = await query<{ id: string | null; block: number; logIndex: number }>(
    db,
    `select id, 0 as block, 0 as logIndex, createdAt as at from deposits where account = ?
      union all select null, block, logIndex, at from chainDeposits
        where account = ? and sender not in (select value from json_each(?))
      order by at desc, id, block desc, logIndex desc limit ? offset ?`,
    ...[account, account, JSON.stringify(operators), limit, offset],
  );
  const rows = places.map(async ({ id, block, logIndex }): Promise<PaidIn> => {
    if (id === null) {
      const found = db.selectFrom("chainDeposits").selectAll().where("block", "=", block);
      return { by: "chain", deposit: await found.where("logIndex", "=", logIndex).executeTakeFirstOrThrow() };
    }
    const found = db.selectFrom("deposits").selectAll().where("id", "=", id);
    return { by: "card", deposit: await found.executeTakeFirstOrThrow() };
  });
  return Promise.all(rows);
}
