import type { AuthorityClient } from "../authority-client.ts";
import type { Network } from "../identity.ts";
import type { Session } from "../wallet/session.ts";

/** The account of a home, logged in. */
export interface Account {
  readonly network: Network;
  /** Carries the access token. */
  readonly client: AuthorityClient;
  readonly session: Session;
}
