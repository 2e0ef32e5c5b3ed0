import type { Address } from "../../protocol/base/ids.ts";
import type { SplitPrice } from "../../protocol/base/publisher-share.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { ContractAccount } from "../../protocol/contract/reads.ts";
import type { AnnounceGrant } from "../../protocol/wire/announce.ts";
import type { Block } from "../chain/block.ts";
import type { SessionAtBlock } from "../chain/mirror/mirror-reads.ts";
import type { StoredRelease } from "../store/tables/withdrawals.ts";
import type { Content } from "./caps.ts";
import type { CreditLimits } from "./credit.ts";
import type { ReservedLane } from "./reservations.ts";

/** What a plan of allotments is made from, and what it is (docs/protocol.md 4.3). */

export interface AllotmentPlanInput {
  /** Read at `block`. */
  readonly account: Omit<ContractAccount, "withdrawableAt">;
  /** Read at `block`. */
  readonly session: SessionAtBlock & { readonly key: Address };
  /** The payer's other sessions that have lanes. Read at `block`. */
  readonly otherSessions: ReadonlyMap<Address, Limit>;
  readonly content: Content;
  readonly bytesLeft: number;
  readonly topUp: readonly number[];
  /**
   * Devices that the payer has met, then those that it may meet soon; none of the payer's own
   * account.
   */
  readonly candidates: readonly Candidate[];
  /**
   * The payer's lanes that still reserve money, and all lanes of this session on this content,
   * ascending.
   */
  readonly lanes: readonly ReservedLane[];
  readonly credit: CreditLimits;
  /** Of the payer. */
  readonly releases: readonly StoredRelease[];
  readonly nextLane: number;
  /** The confirmed block. */
  readonly block: Block;
  /** By the authority's clock. */
  readonly now: number;
  readonly periods: Periods;
  /** What a row of a batch must be worth, base units. */
  readonly minRow: Amount;
  /** What new lanes of a ticket may hold, base units; null: the account itself buys. */
  readonly ticketLeft?: Amount | null;
  /**
   * Null: the publisher gets no share. Else the content's price is the whole, and so are the caps.
   */
  readonly share?: SplitPrice | null;
}

export type Limit = Pick<SessionAtBlock, "limit" | "spent">;

export interface Candidate {
  readonly sessionKey: Address;
  /** The payer has a wire to it, and it offers pieces that the payer lacks. */
  readonly isMet: boolean;
}

export interface Periods {
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
  readonly acceptMarginSec: number;
}

export interface PlannedLane {
  readonly lane: number;
  readonly payeeKey: Address;
  readonly cap: Amount;
  readonly credit: number;
  readonly expiresAt: number;
}

export interface AllotmentPlan {
  readonly lanes: readonly PlannedLane[];
  readonly shortage: AnnounceGrant["shortage"];
}
