import type { Selectable } from "kysely";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { OperatorActionTable } from "./operator-schema.ts";

export type OperatorAction = Selectable<OperatorActionTable>;

export async function insertAction(db: Db, action: Omit<OperatorAction, "id">): Promise<void> {
  await db.insertInto("operatorActions").values(action).execute();
}

/** The newest first. */
export function listActions(db: Db, limit: number, offset = 0): Promise<OperatorAction[]> {
  return db.selectFrom("operatorActions").selectAll().orderBy("id", "desc").limit(limit).offset(offset).execute();
}

export async function countActions(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom("operatorActions")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

/** The operator's last word on deposits; null: there was none. */
export function findPause(db: Db): Promise<OperatorAction | undefined> {
  return db
    .selectFrom("operatorActions")
    .selectAll()
    .where("action", "in", ["pause", "resume"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Contents that an operator took down, by their newest action. */
export async function isTakenDown(db: Db, infoHash: InfoHash): Promise<boolean> {
  const newest = await db
    .selectFrom("operatorActions")
    .select("action")
    .where("subject", "=", infoHash)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.action === "unlist";
}

/** False: there is no such content, or it is so already. */
export async function setListed(db: Db, infoHash: InfoHash, isListed: 0 | 1): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("torrents")
    .set({ isListed })
    .where("infoHash", "=", infoHash)
    .where("isListed", "=", isListed === 1 ? 0 : 1)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
