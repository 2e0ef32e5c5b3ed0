import type { HeldVoucher } from "../../protocol/audit/held-voucher.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { openPeerStore } from "../store/peer-store.ts";

/** A voucher that a home holds as payee. */
export interface HomeVoucher extends HeldVoucher {
  /** The authority's code for refusing it; null if it has not. */
  readonly pushRefusal: string | null;
}

/**
 * What the home in `directory` holds as payee, oldest expiry first. Node only.
 * @throws {InputError} HOME_IN_USE
 */
export function readHomeVouchers(directory: string): HomeVoucher[] {
  const store = openPeerStore(directory);
  try {
    return store.listVouchers().map(({ allotment, amount, signature, receipt, pushRefusal }) => {
      invariant(signature !== null, "LANE_UNSIGNED", `lane ${allotment.lane} has an amount and no signature`);
      return { allotment, amount, signature, receipt, pushRefusal };
    });
  } finally {
    store.close();
  }
}
