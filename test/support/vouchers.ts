import { openPeerStore } from "../../client/store/peer-store.ts";
import type { PayeeLaneRecord } from "../../client/store/records.ts";
import type { Amount } from "../../protocol/base/units.ts";

/** What a home, whose peer has stopped, holds as payee. */
export function vouchersOf(home: string): PayeeLaneRecord[] {
  const store = openPeerStore(home);
  const vouchers = store.listVouchers();
  store.close();
  return vouchers;
}

export function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
