import type { Logger } from "pino";
import type { Address, PublicKey } from "../protocol/base/ids.ts";
import type { DomainSeparator } from "../protocol/signed/typed-data.ts";
import type { Presence } from "./accounts/presence.ts";
import type { Chain } from "./chain/chain.ts";
import type { Clock } from "./chain/clock.ts";
import type { AuthorityConfig } from "./config.ts";
import type { Store } from "./store/database.ts";

/** What every service of T works with. */
export interface Context {
  readonly config: AuthorityConfig;
  readonly store: Store;
  readonly chain: Chain;
  readonly clock: Clock;
  readonly presence: Presence;
  readonly log: Logger;
  readonly separator: DomainSeparator;
  /** 64 hex digits; kept in T's home. */
  readonly secrets: Secrets;
  /** Work waits (a transaction to send, a charge to make): do it now rather than at the next round. */
  readonly wake: () => void;
}

interface Secrets {
  /** Bearer of the routes for operators and trackers. */
  readonly operator: string;
  /** Key of the access tokens' MACs. */
  readonly token: string;
}

/** The session that sent a request. */
export interface Caller {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly publicKey: PublicKey;
}
