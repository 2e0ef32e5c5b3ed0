import type { MirrorEvent } from "../../../../authority/chain/mirror/mirror-events.ts";
import type { Address } from "../../../../protocol/base/ids.ts";

/** The contract once more, as plainly as can be: what all events together come to. */
export interface Fold {
  readonly accounts: ReadonlyMap<Address, { readonly balance: bigint; readonly nonce: bigint }>;
  readonly withdrawing: ReadonlyMap<Address, bigint>;
  readonly sessions: ReadonlyMap<string, { readonly limit: bigint; readonly spent: bigint }>;
  readonly terms: { readonly batchCount: bigint; readonly totalBalance: bigint };
}

/** What a payer is debited counts for all sessions that it has by then. */
export function fold(events: readonly MirrorEvent[]): Fold {
  const accounts = new Map<Address, { balance: bigint; nonce: bigint }>();
  const withdrawing = new Map<Address, bigint>();
  const sessions = new Map<string, { limit: bigint; spent: bigint }>();
  let [batchCount, totalBalance] = [0n, 0n];
  const of = (account: Address) => {
    const found = accounts.get(account) ?? { balance: 0n, nonce: 0n };
    accounts.set(account, found);
    return found;
  };
  const take = (account: Address, amount: bigint): void => {
    of(account).balance -= amount;
  };
  const spend = (payer: Address, amount: bigint): void => {
    for (const [name, session] of sessions) if (name.startsWith(`session:${payer}:`)) session.spent += amount;
  };
  for (const event of events) {
    if (event.type === "deposited") {
      of(event.account).balance += event.amount;
      totalBalance += event.amount;
    } else if (event.type === "sessionAuthorized") {
      const name = `session:${event.account}:${event.sessionKey}`;
      sessions.set(name, { limit: event.limit, spent: sessions.get(name)?.spent ?? 0n });
    } else if (event.type === "debited") {
      for (const { account, amount } of event.entries) {
        take(account, amount);
        spend(account, amount);
      }
    } else if (event.type === "credited") {
      for (const { account, amount } of event.entries) of(account).balance += amount;
    } else if (event.type === "settled") {
      batchCount = event.batch;
    } else if (event.type === "claimed") {
      take(event.payer, event.amount);
      spend(event.payer, event.amount);
      of(event.payee).balance += event.amount;
    } else if (event.type === "withdrawalRequested") {
      withdrawing.set(event.account, event.amount);
      of(event.account).nonce += 1n;
    } else if (event.type === "withdrawn") {
      of(event.account).balance -= event.amount;
      withdrawing.set(event.account, 0n);
      totalBalance -= event.amount;
    } else if (event.type === "released") {
      take(event.account, event.amount);
      of(event.account).nonce += 1n;
      totalBalance -= event.amount;
    }
  }
  const shown = [...withdrawing].map(([account, asked]) => {
    const { balance } = of(account);
    return [account, asked < balance ? asked : balance] as const;
  });
  return { accounts, withdrawing: new Map(shown), sessions, terms: { batchCount, totalBalance } };
}
