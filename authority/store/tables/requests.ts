import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";

/**
 * Records the time of a request. Returns false if an equal or later one was seen for this session
 * and content.
 */
export async function advanceRequest(
  db: Db,
  sessionKey: Address,
  infoHash: InfoHash,
  requestedAt: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("requests")
    .values({ sessionKey, infoHash, requestedAt })
    .onConflict((conflict) =>
      conflict
        .columns(["sessionKey", "infoHash"])
        .doUpdateSet({ requestedAt })
        .where("requests.requestedAt", "<", requestedAt),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
