import type { Logger } from "pino";
import type { Address, PublicKey } from "../protocol/base/ids.ts";
import type { Metainfo } from "../protocol/bittorrent/metainfo.ts";
import type { DomainSeparator } from "../protocol/signed/typed-data.ts";
import type { LoginNonces } from "./accounts/login-nonces.ts";
import type { Presence } from "./accounts/presence.ts";
import type { Revocations } from "./accounts/revocations.ts";
import type { Chain } from "./chain/chain.ts";
import type { Clock } from "./chain/clock.ts";
import type { Wishes } from "./chain/transactions/wishes.ts";
import type { AuthorityConfig } from "./config.ts";
import type { FundsView } from "./funding/funds.ts";
import type { Keys } from "./keys/keys.ts";
import type { Readiness } from "./readiness.ts";
import type { GasWorth } from "./settlement/gas-worth.ts";
import type { Store } from "./store/database.ts";
import type { MetainfoFiles } from "./torrents/metainfo-files.ts";
import type { SigningThreads } from "./vouchers/signing/signing-threads.ts";

/** What every service of the authority works with. */
export interface Context {
  readonly config: AuthorityConfig;
  readonly store: Store;
  readonly chain: Chain;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly presence: Presence;
  readonly funds: FundsView;
  readonly nonces: LoginNonces;
  readonly revocations: Revocations;
  /** Published .torrent files. */
  readonly metainfo: MetainfoFiles;
  readonly parseMetainfo: (bytes: Uint8Array) => Promise<Metainfo>;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly gasWorth: GasWorth;
  /** What operators want of transactions under way. */
  readonly wishes: Wishes;
  readonly separator: DomainSeparator;
  /** For vouchers and their receipts. */
  readonly signing: SigningThreads;
  /** 64 hex digits each; kept in the authority's home. */
  readonly secrets: Secrets;
  /** Starts the next round now, because work waits, such as a transaction to send. */
  readonly wake: () => void;
}

interface Secrets {
  /** Bearer token of the routes for operators and trackers. */
  readonly operator: string;
  /** Key of the MACs in access tokens. */
  readonly token: string;
}

/** The session that sent a request. */
export interface Caller {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly publicKey: PublicKey;
}
