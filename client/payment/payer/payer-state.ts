import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { PayerContents } from "./contents.ts";
import type { LaneRequests } from "./lane-requests.ts";
import type { PayerLinks } from "./payer-links.ts";
import type { LaneClock } from "./payer-pair.ts";
import type { VoucherWriter } from "./voucher-writer.ts";

/** What the parts of the payer work on. */
export interface PayerState {
  readonly context: PaymentContext;
  readonly standings: Standings;
  readonly contents: PayerContents;
  readonly links: PayerLinks;
  readonly requests: LaneRequests;
  readonly vouchers: VoucherWriter;
  readonly laneClock: () => LaneClock;
}
