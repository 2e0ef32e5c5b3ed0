import type { HeldVoucher } from "../../protocol/audit/held-voucher.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { readStoredVouchers } from "../store/peer-store.ts";

/** A voucher that a home holds as payee. */
export interface HomeVoucher extends HeldVoucher {
  /** The authority's code for refusing it; null if it has not. */
  readonly pushRefusal: string | null;
}

/**
 * What the home in `directory` holds as payee, oldest expiry first. Node only. A peer may work with
 * the home meanwhile.
 * @throws {InputError} STORE_UNUSABLE, STORE_TOO_NEW
 */
export function readHomeVouchers(directory: string): HomeVoucher[] {
  return readStoredVouchers(directory).map(({ allotment, amount, signature, receipt, pushRefusal }) => {
    invariant(signature !== null, "LANE_UNSIGNED", `lane ${allotment.lane} has an amount and no signature`);
    return { allotment, amount, signature, receipt, pushRefusal };
  });
}
