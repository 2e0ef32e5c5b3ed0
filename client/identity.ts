import type { Address } from "../protocol/base/ids.ts";
import type { Info } from "../protocol/http/public.ts";
import type { DomainSeparator } from "../protocol/signed/typed-data.ts";

/** The session that a running peer acts with. It never holds the wallet key. */
export interface PeerIdentity {
  readonly account: Address;
  readonly sessionKey: Address;
  /** 32 bytes; stays inside `client/wallet` and the signing calls. */
  readonly privateKey: Uint8Array;
  /** Compressed, 33 bytes: the libp2p identity. */
  readonly publicKey: Uint8Array;
  /** The authority's access token for this session. */
  readonly accessToken: string;
  /** What it announces with. */
  readonly announceToken: string;
  /** End of the session, seconds since 1970, chain time. */
  readonly expiresAt: number;
}

/** One authority and its contract, as the account registered with it. */
export interface Network {
  readonly apiUrl: string;
  readonly info: Info;
  readonly separator: DomainSeparator;
}
