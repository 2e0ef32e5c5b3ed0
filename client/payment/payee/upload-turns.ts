import { HOLD_MS } from "../../../protocol/base/constants.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Sale } from "./sales.ts";
import { createSlotKeeper } from "./slot-keeper.ts";

/**
 * Upload slots belong to accounts, whatever the number of their sessions and contents: an account
 * gains nothing by coming many times. Wires are unchoked and choked as their sales gain and lose
 * their slots. A sale that loses its slot gets the pieces that it has begun, no others, and is then
 * choked: nothing that was sent is wasted.
 */
export interface UploadTurns {
  /** A lane was accepted for a wire of this sale. */
  join(sale: Sale): void;
  /** The sale buys nothing more for now. */
  leave(sale: Sale): void;
  isServed(sale: Sale): boolean;
  /** It would buy, and others have the slots. */
  isWaiting(sale: Sale): boolean;
  paid(sale: Sale, bytes: number): void;
  /** Regular work. */
  beat(): void;
}

export function createUploadTurns(options: { readonly slots: number; readonly nowMs: () => number }): UploadTurns {
  const { nowMs } = options;
  const members = new Map<Address, Set<Sale>>();
  /** Sales that lost their slots, with the time. */
  const leaving = new Map<Sale, number>();

  const unchoke = (sale: Sale): void => {
    leaving.delete(sale);
    for (const wire of sale.wires) {
      wire.unchoke();
      wire.resume();
    }
  };
  const salesOf = (account: Address): Iterable<Sale> => members.get(account) ?? [];
  const keeper = createSlotKeeper<Address>({
    slots: options.slots,
    nowMs,
    onGain(account) {
      for (const sale of salesOf(account)) unchoke(sale);
    },
    onLoss(account) {
      for (const sale of salesOf(account)) leaving.set(sale, nowMs());
    },
  });

  const isMember = (sale: Sale): boolean => members.get(sale.ledger.account)?.has(sale) ?? false;

  return {
    join(sale) {
      const { account, pricePerGiB } = sale.ledger;
      members.set(account, (members.get(account) ?? new Set()).add(sale));
      if (keeper.has(account)) unchoke(sale);
      keeper.join(account, pricePerGiB);
    },
    leave(sale) {
      const { account } = sale.ledger;
      const sales = members.get(account);
      if (!sales?.delete(sale)) return;
      leaving.set(sale, nowMs());
      if (sales.size > 0) return;
      members.delete(account);
      keeper.leave(account);
    },
    isServed: (sale) => keeper.has(sale.ledger.account) && isMember(sale),
    isWaiting: (sale) => isMember(sale) && !keeper.has(sale.ledger.account),
    paid: (sale, bytes) => keeper.paid(sale.ledger.account, bytes),
    beat() {
      keeper.beat();
      for (const [sale, sinceMs] of leaving) {
        if (sale.sends.incomplete > 0 && nowMs() < sinceMs + HOLD_MS) continue;
        leaving.delete(sale);
        for (const wire of sale.wires) wire.choke();
      }
    },
  };
}
