import { CHECKS, type CheckName, type Finding, type FindingDetails, type NotChecked } from "../checks.ts";
import type { Call, CallOf } from "../facts/calls.ts";
import type { Address, Hex, Rules, TransactionFacts } from "../facts/facts.ts";
import type { LaneBook } from "../facts/lane-book.ts";
import { type ContractState, emptyState } from "../facts/state.ts";
import { emptyTallies, type Tallies } from "../facts/tallies.ts";
import { createFindingBook, type FindingBook } from "../finding-book.ts";
import { domainSeparatorOf } from "../signatures/signatures.ts";
import { createSigners, type Signers } from "../signatures/signers.ts";
import { MemoryLaneBook } from "./memory-lane-book.ts";
import type { Observer } from "./observer.ts";

/** What a replay knows after a block, and can go on from: small, but for `lanes`. */
export interface Progress {
  readonly state: ContractState;
  readonly tallies: Tallies;
  /** Payers that a hidden call has debited: which lanes and sessions it used is not known. */
  readonly clouded: Set<Address>;
  /** Accounts that a hidden call has released: whether it used a signed withdrawal is not known. */
  readonly cloudedNonces: Set<Address>;
  /** Wallets with code sign by ERC-1271, which only they themselves can check. */
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
  readonly observers: readonly Observer[];
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

export interface RunOptions {
  readonly rules: Rules;
  readonly money: (amount: bigint) => string;
  readonly observers?: readonly Observer[];
  /** Default: in memory. */
  readonly lanes?: LaneBook;
  /** Chooses the signatures that are checked twice. */
  readonly seed?: string;
  readonly isParanoid?: boolean;
  /** Default: from the contract's creation. */
  readonly progress?: Progress;
}

export function createRun(options: RunOptions): Run {
  const { rules, money, observers = [], lanes = new MemoryLaneBook(), seed = "", isParanoid = false } = options;
  const progress = options.progress ?? emptyProgress();
  const domain = domainSeparatorOf(rules);
  return {
    ...progress,
    rules,
    domain,
    lanes,
    signers: createSigners({ domain, tallies: progress.tallies, seed, isParanoid }),
    findings: progress.found.first,
    notChecked: progress.unseen.first,
    observers,
    money,
  };
}

function emptyProgress(): Progress {
  return {
    state: emptyState(),
    tallies: emptyTallies(),
    clouded: new Set(),
    cloudedNonces: new Set(),
    contractWallets: new Set(),
    found: createFindingBook(),
    unseen: createFindingBook(),
    last: { block: -1, time: 0 },
  };
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
  run.found.add(name, { check: number, name, severity, sentence, ...where, ...details });
}

export function reportNotChecked(
  run: Run,
  facts: Pick<TransactionFacts, "block" | "hash"> | null,
  sentence: string,
): void {
  run.unseen.add("", { sentence, block: facts?.block ?? null, tx: facts?.hash ?? null });
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
