import { InputError } from "../../protocol/base/errors.ts";
import type { Session } from "../wallet/session.ts";
import type { Wallet } from "../wallet/wallet.ts";

/**
 * Where an account keeps what it must not forget, and its wallet. On Node a directory is one
 * (node-home.ts); on a page it is the browser's storage and the visitor's wallet. One process uses
 * a home at a time.
 */
export interface AccountHome {
  /** Where it is, for messages. */
  readonly name: string;
  readonly network: Kept<SavedNetwork>;
  readonly session: Kept<Session>;
  readonly deposit: Kept<PendingDeposit>;
  /**
   * Opens the wallet, which may ask a person.
   * @throws {FloodgateError} of the home's own kind when it cannot
   */
  unlock(): Promise<Wallet>;
}

/** One thing that a home keeps, whole or not at all. */
export interface Kept<T> {
  /** Null before the first `write`. */
  read(): Promise<T | null>;
  write(value: T): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The authority that an account registered with, and what must never change about it: chain,
 * contract and token.
 */
export interface SavedNetwork {
  readonly apiUrl: string;
  readonly chainId: number;
  /** Addresses in any spelling. */
  readonly contract: string;
  readonly token: { readonly address: string; readonly symbol: string; readonly decimals: number };
}

/** A deposit whose end this home has not seen: the same key again charges the card only once. */
export interface PendingDeposit {
  readonly idempotencyKey: string;
  /** Base units. */
  readonly amount: string;
}

/**
 * What the home remembers of its authority: no authority is asked.
 * @throws {InputError} NOT_REGISTERED, NETWORK_FILE_INVALID
 */
export async function readSavedNetwork(home: AccountHome): Promise<SavedNetwork> {
  const saved = await home.network.read();
  if (saved) return saved;
  throw new InputError(
    "NOT_REGISTERED",
    `no account is registered in ${home.name}: run \`floodgate register\`, or check --home`,
  );
}
