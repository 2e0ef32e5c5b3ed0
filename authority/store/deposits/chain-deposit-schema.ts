import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";

/** What anyone has paid in on-chain, as `Deposited` tells: the operator's for cards, too. */
export interface ChainDepositTable {
  block: number;
  logIndex: number;
  account: Address;
  /** Who has called the contract: a wallet, the Depositor, or an operator. */
  sender: Address;
  /** Base units. */
  amount: string;
  /** The sender's; zeros: it gave none. */
  depositId: Hex;
  txHash: Hex;
  /** Time of its block, or of a later one that was read together with it. */
  at: number;
}

export const CHAIN_DEPOSITS = [
  `create table chainDeposits (block integer not null, logIndex integer not null, account text not null,
    sender text not null, amount text not null, depositId text not null, txHash text not null, at integer not null,
    primary key (block, logIndex)) strict, without rowid`,
  "create index chainDepositsByAccount on chainDeposits (account, at)",
];
