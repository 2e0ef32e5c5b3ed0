import type { Address, Hex } from "../facts/primitives.ts";

/** What can move a balance, as seen from the account that it belongs to. */
export type MovementKind =
  /** What the account held before the audited blocks. */
  | "opening"
  | "deposit"
  /** Left after the delay. */
  | "withdrawal"
  /** Left at once. */
  | "release"
  /** A row of a batch, to the payer. */
  | "payment"
  /** A row of a batch, to the payee. */
  | "earning"
  /** The fees of a batch, to their recipient. */
  | "fees"
  | "claim-payment"
  | "claim-earning";

/** One change of one account's balance, as the replay made it. */
export interface Movement {
  readonly kind: MovementKind;
  readonly account: Address;
  /** Base units; negative when they leave the account. */
  readonly amount: bigint;
  /** Base units that were taken off an earning: `amount + fee` is what the voucher said. */
  readonly fee: bigint;
  /** Part of a `claim-earning` that the bond paid. */
  readonly fromBond: bigint;
  /** The other party: payee, payer, recipient or depositor. Null: unknown, or many. */
  readonly counterparty: Address | null;
  readonly batch: number | null;
  readonly lane: number | null;
  readonly block: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** Null for what was there before. */
  readonly tx: Hex | null;
}
