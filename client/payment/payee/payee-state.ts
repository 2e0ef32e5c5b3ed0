import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { ContentTerms } from "../../exchange.ts";
import type { Allotters } from "../allotters.ts";
import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { PayeeWires } from "./payee-wires.ts";
import type { Sales } from "./sales.ts";
import type { UploadTurns } from "./upload-turns.ts";

/** What the parts of the payee work on. */
export interface PayeeState {
  readonly context: PaymentContext;
  readonly standings: Standings;
  readonly allotters: Allotters;
  readonly contents: Map<InfoHash, ContentTerms>;
  readonly wires: PayeeWires;
  readonly sales: Sales;
  readonly turns: UploadTurns;
  /** Of the running clock, which stands still while this process is late (`running-clock.ts`). */
  readonly nowMs: () => number;
}
