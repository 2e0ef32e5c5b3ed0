import { getAddress } from "ethers";
import type { Address } from "../facts/primitives.ts";
import type { Observer } from "../replay/observer.ts";
import { followMoney } from "./follow-money.ts";
import type { Movement } from "./movement.ts";

/** A movement, and the account's balance after it: base units. */
export interface LedgerEntry extends Movement {
  readonly balance: bigint;
}

/** Everything that ever moved one account's balance, in the order of the chain. */
export interface Ledger {
  readonly account: Address;
  readonly entries: readonly LedgerEntry[];
  /** By the replay, at the end of the last block. */
  readonly balance: bigint;
  /** Time of the last block, seconds since 1970. */
  readonly time: number;
}

/** Keeps the entries of one account. Its address may be in lower case. */
export function createLedger(address: Address): { readonly observer: Observer; close(): Ledger } {
  const account = getAddress(address);
  const entries: LedgerEntry[] = [];
  let [balance, time] = [0n, 0];
  const money = followMoney((movement) => {
    if (movement.account !== account) return;
    const before = entries.at(-1)?.balance ?? 0n;
    entries.push({ ...movement, balance: before + movement.amount });
  });
  const observer: Observer = {
    ...money,
    finish(run, block, lastTime) {
      money.finish?.(run, block, lastTime);
      balance = run.state.accounts.get(account)?.balance ?? 0n;
      time = lastTime;
    },
  };
  return { observer, close: () => ({ account, entries, balance, time }) };
}
