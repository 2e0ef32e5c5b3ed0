import type { Address } from "../../protocol/base/ids.ts";
import type { Standing } from "./records.ts";
import type { Tables } from "./tables.ts";

/** How other accounts behaved, in both roles. */
export interface StandingStore {
  findStanding(account: Address): Standing;
  /** Banned after this time, seconds since 1970; the newest ban first, at most 200. */
  listBanned(now: number): Standing[];
  saveStanding(standing: Standing): Promise<void>;
}

export function openStandingStore(tables: Tables): StandingStore {
  const standings = tables.all("SELECT * FROM standings WHERE account = ?", (row: Standing) => row);
  const banned = tables.all(
    "SELECT * FROM standings WHERE bannedUntil > ? ORDER BY bannedUntil DESC LIMIT 200",
    (row: Standing) => row,
  );
  const setStanding = tables.run(
    "INSERT OR REPLACE INTO standings (account, defaults, badPieces, bannedUntil) VALUES (?, ?, ?, ?)",
  );
  return {
    findStanding: (account) => standings(account)[0] ?? { account, defaults: 0, badPieces: 0, bannedUntil: 0 },
    listBanned: (now) => banned(now),
    saveStanding: ({ account, defaults, badPieces, bannedUntil }) =>
      tables.save(() => void setStanding(account, defaults, badPieces, bannedUntil)),
  };
}
