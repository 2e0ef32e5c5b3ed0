import { CHECKS, type CheckName } from "../checks.ts";
import type { Call, CallOf } from "../facts/calls.ts";
import type { Rules, TransactionFacts } from "../facts/facts.ts";
import type { LaneBook } from "../facts/lane-book.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { ContractState } from "../facts/state.ts";
import type { Tallies } from "../facts/tallies.ts";
import type { Finding, FindingBook, FindingDetails, NotChecked } from "../findings.ts";
import type { Signers } from "../signatures/signers.ts";

/** What a replay knows after a block, and can resume from. Small: what grows is in `Run.lanes`. */
export interface Progress {
  readonly state: ContractState;
  readonly tallies: Tallies;
  /** Payers that a hidden call debited: nobody knows which lanes and sessions it used. */
  readonly clouded: Set<Address>;
  /** Accounts whose money a hidden call released, maybe by a signed withdrawal. */
  readonly cloudedNonces: Set<Address>;
  /** Wallets with code: only they can check their own signatures (ERC-1271). */
  readonly contractWallets: Set<Address>;
  readonly found: FindingBook<Finding>;
  readonly unseen: FindingBook<NotChecked>;
  /** Of the last transaction; -1 and 0 before the first. */
  last: { readonly block: number; readonly time: number };
}

/** One replay under way. */
export interface Run extends Progress {
  readonly rules: Rules;
  /** EIP-712 domain separator. */
  readonly domain: Hex;
  readonly lanes: LaneBook;
  readonly signers: Signers;
  /** The first of `found` and `unseen`. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

/** One transaction under replay. Each event uses up the call that explains it. */
export interface TransactionRun {
  readonly facts: TransactionFacts;
  readonly calls: Call[] | null;
}

export function report(
  run: Run,
  name: CheckName,
  facts: Pick<TransactionFacts, "block" | "hash"> | null,
  sentence: string,
  details: FindingDetails = {},
): void {
  const { number, severity } = CHECKS[name];
  const where = { block: facts?.block ?? null, tx: facts?.hash ?? null };
  run.found.add(name, { check: number, name, severity, sentence, ...where, ...details });
}

export function reportNotChecked(
  run: Run,
  facts: Pick<TransactionFacts, "block" | "hash"> | null,
  sentence: string,
): void {
  run.unseen.add("", { sentence, block: facts?.block ?? null, tx: facts?.hash ?? null });
}

/**
 * The first unused call that explains an event; "hidden" when the transaction's calls could not be
 * seen.
 */
export function takeCall<K extends Call["kind"]>(
  tx: TransactionRun,
  kinds: readonly K[],
  explains: (call: CallOf<K>) => boolean = () => true,
): CallOf<K> | "hidden" | null {
  if (tx.calls === null) return "hidden";
  const isMatch = (call: Call): boolean =>
    (kinds as readonly string[]).includes(call.kind) && explains(call as CallOf<K>);
  const index = tx.calls.findIndex(isMatch);
  return index === -1 ? null : (tx.calls.splice(index, 1)[0] as CallOf<K>);
}
