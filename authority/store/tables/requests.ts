import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";

export interface RequestTime {
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly requestedAt: number;
}

/**
 * Records the times of requests. Returns the names (`requestName`) of those that are later than all
 * that were seen of their session and content. Each session and content may be there once.
 */
export async function advanceRequests(db: Db, requests: readonly RequestTime[]): Promise<Set<string>> {
  const rows = await query<Omit<RequestTime, "requestedAt">>(
    db,
    `insert into requests (sessionKey, infoHash, requestedAt)
      select value ->> 0, value ->> 1, value ->> 2 from json_each(?) where true
      on conflict (sessionKey, infoHash) do update set requestedAt = excluded.requestedAt
        where requests.requestedAt < excluded.requestedAt
      returning sessionKey, infoHash`,
    JSON.stringify(requests.map(({ sessionKey, infoHash, requestedAt }) => [sessionKey, infoHash, requestedAt])),
  );
  return new Set(rows.map(requestName));
}

export function requestName({ sessionKey, infoHash }: Omit<RequestTime, "requestedAt">): string {
  return sessionKey + infoHash;
}
