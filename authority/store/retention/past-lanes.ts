import { sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";
import type { StoredLane } from "../tables/lanes.ts";

/** What an account's lanes have moved, base units. */
export interface LaneSums {
  /** As payee, net of fees. */
  readonly earned: Amount;
  readonly fees: Amount;
  /** As payer. */
  readonly paid: Amount;
}

type PastLane = Pick<StoredLane, "sequence" | "payer" | "payee" | "paid" | "fee">;

const NOTHING: LaneSums = { earned: 0n, fees: 0n, paid: 0n };

/**
 * Lanes that ended before `before` and are of no use any more: settled for good, or without a
 * voucher, and all told in bundles up to the lane of sequence `told`.
 */
export function listPastLanes(
  db: Db,
  { before, told, limit }: { readonly before: number; readonly told: number; readonly limit: number },
): Promise<PastLane[]> {
  return db
    .selectFrom("lanes")
    .select(["sequence", "payer", "payee", "paid", "fee"])
    .where("expiresAt", "<", before)
    .where("sequence", "<=", told)
    .where((is) =>
      is.or([is("state", "in", ["settled", "skipped"]), is.and([is("state", "=", "open"), is("amount", "=", "0")])]),
    )
    .where("sequence", "not in", db.selectFrom("laneNews").select("sequence"))
    .where("sequence", "not in", db.selectFrom("dueLanes").select("sequence"))
    .orderBy("expiresAt")
    .limit(limit)
    .execute();
}

/** Forgets the lanes, but not what they have moved. Call it in a store transaction. */
export async function forgetLanes(db: Db, lanes: readonly PastLane[]): Promise<void> {
  const sums = new Map<Address, LaneSums>();
  const add = (account: Address, more: Partial<LaneSums>): void => {
    const { earned, fees, paid } = sums.get(account) ?? NOTHING;
    const { earned: e = 0n, fees: f = 0n, paid: p = 0n } = more;
    sums.set(account, { earned: earned + e, fees: fees + f, paid: paid + p });
  };
  for (const { payer, payee, paid, fee } of lanes) {
    add(payer, { paid: BigInt(paid) });
    add(payee, { earned: BigInt(paid) - BigInt(fee), fees: BigInt(fee) });
  }
  for (const [account, more] of sums) {
    const before = await readPastSums(db, account);
    const values = {
      account,
      earned: (before.earned + more.earned).toString(),
      fees: (before.fees + more.fees).toString(),
      paid: (before.paid + more.paid).toString(),
    };
    await db
      .insertInto("pastSums")
      .values(values)
      .onConflict((conflict) => conflict.column("account").doUpdateSet(values))
      .execute();
  }
  const sequences = JSON.stringify(lanes.map(({ sequence }) => sequence));
  await sql`delete from lanes where sequence in (select value from json_each(${sequences}))`.execute(db);
}

export async function readPastSums(db: Db, account: Address): Promise<LaneSums> {
  const row = await db.selectFrom("pastSums").selectAll().where("account", "=", account).executeTakeFirst();
  if (row === undefined) return NOTHING;
  return { earned: BigInt(row.earned), fees: BigInt(row.fees), paid: BigInt(row.paid) };
}
