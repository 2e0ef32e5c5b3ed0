import type { Address } from "../../protocol/base/ids.ts";
import type { Standing } from "./records.ts";
import type { Tables } from "./tables.ts";

/** How other accounts behaved, in both roles. */
export interface StandingStore {
  findStanding(account: Address): Standing;
  saveStanding(standing: Standing): Promise<void>;
}

export function openStandingStore(tables: Tables): StandingStore {
  const standings = tables.all("SELECT * FROM standings WHERE account = ?", (row: Standing) => row);
  const setStanding = tables.run(
    "INSERT OR REPLACE INTO standings (account, defaults, badPieces, bannedUntil) VALUES (?, ?, ?, ?)",
  );
  return {
    findStanding: (account) => standings(account)[0] ?? { account, defaults: 0, badPieces: 0, bannedUntil: 0 },
    saveStanding: ({ account, defaults, badPieces, bannedUntil }) =>
      tables.save(() => void setStanding(account, defaults, badPieces, bannedUntil)),
  };
}
