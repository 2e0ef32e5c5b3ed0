import { type Amount, MAX_UINT96 } from "../../protocol/base/units.ts";

/** What the chain knows of a session, base units. */
export interface SpentSession {
  readonly limit: Amount;
  /** By the whole account, since the key's first authorization (docs/protocol.md 8.3). */
  readonly spent: Amount;
}

/**
 * The limit that a wallet signs for a session, base units: what the account has spent since the
 * key's first authorization, and what it has now. A stolen key can then take no more than that, and
 * all that is there can be spent. A limit on the chain never falls. `chosen` is the customer's own
 * limit, which stays.
 */
export function chooseLimit(chosen: Amount | null, balance: Amount, known: SpentSession | null): Amount {
  if (chosen !== null) return chosen;
  const needed = (known?.spent ?? 0n) + balance;
  const atLeast = known?.limit ?? 0n;
  if (needed <= atLeast) return atLeast;
  return needed < MAX_UINT96 ? needed : MAX_UINT96;
}
