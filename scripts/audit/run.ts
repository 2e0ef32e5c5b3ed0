import type { Call, CallOf } from "./calls.ts";
import { CHECKS, type CheckName, type Finding, type FindingDetails, type NotChecked } from "./checks.ts";
import type { Address, Hex, Rules, TransactionFacts } from "./facts.ts";
import type { Observer } from "./observer.ts";
import type { ContractState } from "./state.ts";
import type { Tallies } from "./tallies.ts";

/** One replay under way. */
export interface Run {
  readonly rules: Rules;
  /** EIP-712 domain separator. */
  readonly domain: Hex;
  readonly state: ContractState;
  readonly findings: Finding[];
  readonly notChecked: NotChecked[];
  readonly tallies: Tallies;
  /** By `pairId(payer, lane)`: what batches have paid, before the fee. */
  readonly batchPayments: Map<string, BatchPayment>;
  /** Payers that a hidden call has debited: which lanes and sessions it used is not known. */
  readonly clouded: Set<Address>;
  /** Accounts that a hidden call has released: whether it used a signed withdrawal is not known. */
  readonly cloudedNonces: Set<Address>;
  /** Wallets with code sign by ERC-1271, which only they themselves can check. */
  readonly contractWallets: ReadonlySet<Address>;
  readonly observers: readonly Observer[];
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

export interface BatchPayment {
  readonly batch: number;
  readonly payee: Address;
  readonly amount: bigint;
}

/** One transaction under replay: its calls are used up by the events that they explain. */
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
  run.findings.push({ check: number, name, severity, sentence, ...where, ...details });
}

export function reportNotChecked(run: Run, facts: TransactionFacts | null, sentence: string): void {
  run.notChecked.push({ sentence, block: facts?.block ?? null, tx: facts?.hash ?? null });
}

/** The first unused call that explains an event; "hidden" when the transaction's calls were not to be seen. */
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
