import type { Address } from "../../../protocol/base/ids.ts";
import type { Standing } from "../../store/records.ts";
import type { PaymentContext } from "../context.ts";
import { isBanned, withBadPiece, withDebtPaid, withDefault } from "./standing.ts";

/**
 * How accounts behaved, and what follows. A ban closes the wires of every known session of the
 * account, in both directions.
 */
export interface Standings {
  /**
   * The authority or a signed offer says that this session key is the account's. A banned account's
   * wires are closed.
   */
  learn(sessionKey: Address, account: Address): void;
  isBanned(account: Address): boolean;
  isBannedKey(sessionKey: Address): boolean;
  find(account: Address): Standing;
  /**
   * As payer, the account left a complete piece unpaid. Nothing more is counted while it is banned.
   */
  defaulted(account: Address): Standing;
  /** As payer, the account has paid all that it had left unpaid: a ban for it ends now. */
  paid(account: Address): void;
  /** As payee, the account sent a piece whose hash is wrong. */
  sentBadPiece(account: Address): Standing;
}

type StandingsContext = Pick<PaymentContext, "store" | "clock" | "torrent" | "log" | "onFatal">;

export function createStandings({ store, clock, torrent, log, onFatal }: StandingsContext): Standings {
  const accountOf = new Map<Address, Address>();

  const isBannedNow = (account: Address): boolean => isBanned(store.findStanding(account), clock.now());

  /** Stored before it takes effect: a ban that was seen survives whatever comes next. */
  const change = (account: Address, next: (standing: Standing, now: number) => Standing): Standing => {
    const known = store.findStanding(account);
    if (isBanned(known, clock.now())) return known;
    const standing = next(known, clock.now());
    const act = (): void => {
      if (!isBanned(standing, clock.now())) return;
      log(`account ${account} is banned for a day: ${standing.defaults} pieces unpaid, ${standing.badPieces} bad`);
      for (const [sessionKey, owner] of accountOf) if (owner === account) torrent.ban(sessionKey);
    };
    store.saveStanding(standing).then(act, onFatal);
    return standing;
  };

  return {
    learn(sessionKey, account) {
      accountOf.set(sessionKey, account);
      if (isBannedNow(account)) torrent.ban(sessionKey);
    },
    isBanned: isBannedNow,
    isBannedKey(sessionKey) {
      const account = accountOf.get(sessionKey);
      return account !== undefined && isBannedNow(account);
    },
    find: (account) => store.findStanding(account),
    defaulted: (account) => change(account, withDefault),
    paid(account) {
      const known = store.findStanding(account);
      const standing = withDebtPaid(known);
      const lift = (): void => {
        if (!isBanned(known, clock.now()) || isBanned(standing, clock.now())) return;
        log(`account ${account} has paid what it left unpaid: it is no longer banned`);
        for (const [sessionKey, owner] of accountOf) if (owner === account) torrent.unban(sessionKey);
      };
      store.saveStanding(standing).then(lift, onFatal);
    },
    sentBadPiece: (account) => change(account, withBadPiece),
  };
}
