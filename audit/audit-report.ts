import type { TokenFacts } from "./facts/money-text.ts";
import type { Address } from "./facts/primitives.ts";
import type { BondState, OperatorTime, ReplayedAllotter } from "./facts/state.ts";
import type { Tallies } from "./facts/tallies.ts";
import type { Finding, NotChecked } from "./findings.ts";

/** What the audit found. Amounts are base units, times seconds since 1970. */
export interface AuditReport {
  /** No check failed. `notChecked` says what could not be seen. */
  readonly ok: boolean;
  readonly chainId: bigint;
  readonly contract: Address;
  readonly token: TokenFacts;
  /** What the contract is made of, as "Floodgate 0.1.0". Null: no published build. */
  readonly build: string | null;
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Block of the checkpoint that this run resumed from. Null: it began with the first block. */
  readonly resumedFrom: number | null;
  /** Chose the signatures that were checked twice. */
  readonly seed: string;
  readonly transactions: number;
  readonly accounts: number;
  /** Tokens that the contract holds, and the sum of all balances and the bond by its history. */
  readonly held: bigint;
  readonly owed: bigint;
  /** By its history. */
  readonly bond: Readonly<BondState>;
  /** `bondBudget` is what counts at `toBlock`. */
  readonly allotters: readonly ({ readonly allotter: Address } & Readonly<ReplayedAllotter>)[];
  /** Each until the next. */
  readonly operators: readonly OperatorTime[];
  readonly tallies: Readonly<Tallies>;
  readonly checks: readonly { readonly number: number; readonly sentence: string; readonly findings: number }[];
  /** The first findings; `findingCount` says how many there are. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  readonly notChecked: readonly NotChecked[];
  readonly notCheckedCount: number;
}
