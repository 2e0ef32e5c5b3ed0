import type { BlockFacts } from "./chain/chain-reader.ts";
import { createViewReader, readLanes, readState } from "./chain/read-state.ts";
import { CHECKS, type Finding, type NotChecked } from "./checks.ts";
import type { Address } from "./facts/facts.ts";
import type { TokenFacts } from "./facts/money-text.ts";
import { type AllotterState, type BondState, sumOfDebts } from "./facts/state.ts";
import type { Tallies } from "./facts/tallies.ts";
import { createFindingBook } from "./finding-book.ts";
import { finishReplay } from "./replay/replay.ts";
import { checkSolvency } from "./replay/solvency.ts";
import { type AuditOptions, type AuditSession, checkUnchanged, openAudit } from "./session/audit-session.ts";
import { compareLanes, compareState } from "./session/compare-state.ts";

/** What the audit found. Amounts are base units, times seconds since 1970. */
export interface AuditReport {
  /** No check failed. `notChecked` says what could not be seen. */
  readonly ok: boolean;
  readonly chainId: bigint;
  readonly contract: Address;
  readonly token: TokenFacts;
  readonly fromBlock: number;
  readonly toBlock: number;
  /** The block of the checkpoint from which this run went on; null: it began with the first block. */
  readonly resumedFrom: number | null;
  /** What chose the signatures that were checked twice. */
  readonly seed: string;
  readonly transactions: number;
  readonly accounts: number;
  /** Tokens that the contract holds, and the sum of all balances and the bond by its history. */
  readonly held: bigint;
  readonly owed: bigint;
  /** By its history, too. */
  readonly bond: Readonly<BondState>;
  readonly allotters: readonly ({ readonly allotter: Address } & Readonly<AllotterState>)[];
  readonly tallies: Readonly<Tallies>;
  readonly checks: readonly { readonly number: number; readonly sentence: string; readonly findings: number }[];
  /** The first of them; how many there are is in `findingCount`. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  readonly notChecked: readonly NotChecked[];
  readonly notCheckedCount: number;
}

/**
 * Replays the contract's history from logs and calldata, and compares the outcome with the contract's state.
 * @throws {ChainError} and {InputError}, each with a code of its own: see README.md; {InvariantError} ENGINES_DISAGREE
 */
export async function runAudit(options: AuditOptions): Promise<AuditReport> {
  using session = await openAudit(options);
  await session.advance(session.head);
  return await conclude(session, session.head);
}

/**
 * Compares what the history makes of the contract with what that says at this block, of lanes only what has changed
 * since a block. The session stays as it is: it may go on.
 */
export async function conclude(session: AuditSession, end: BlockFacts, lanesSince = 0): Promise<AuditReport> {
  const { chain, contract, database } = session;
  const { rules, token, money } = contract;
  const run = { ...session.run, found: copyOf(session.run.found), unseen: copyOf(session.run.unseen) };
  const ended = { ...run, findings: run.found.first, notChecked: run.unseen.first };
  const add = (findings: readonly Finding[]): void => {
    for (const finding of findings) run.found.add(finding.name, finding);
  };
  database.exec("SAVEPOINT conclusion");
  finishReplay(ended, { block: end.number, time: end.time });
  database.exec("ROLLBACK TO conclusion; RELEASE conclusion");

  const view = createViewReader(chain, { contract: rules.contract, token: token.address }, end.number);
  const { state, clouded, cloudedNonces } = run;
  const actual = await readState(view, state);
  const [held] = await view.token("balanceOf", rules.contract);
  add(compareState({ replayed: state, actual, clouded, cloudedNonces, time: end.time }));
  for (const part of run.lanes.changedSince(lanesSince))
    add(compareLanes({ replayed: part, actual: await readLanes(view, part), clouded }));
  add(checkSolvency(actual, held, money));
  await checkUnchanged(chain, end);
  const findingCount = run.found.count();
  return {
    ok: findingCount === 0,
    chainId: chain.chainId,
    contract: rules.contract,
    token,
    fromBlock: session.fromBlock,
    toBlock: end.number,
    resumedFrom: session.resumedFrom,
    seed: session.seed,
    transactions: run.tallies.transactions,
    accounts: state.accounts.size,
    held,
    owed: sumOfDebts(state),
    bond: state.bond,
    allotters: [...state.allotters].map(([allotter, one]) => ({ allotter, ...one })),
    tallies: run.tallies,
    checks: Object.entries(CHECKS)
      .filter(([, check]) => !("needs" in check) || session.sources.has(check.needs))
      .map(([name, { number, sentence }]) => ({ number, sentence, findings: run.found.count(name) })),
    findings: run.found.first,
    findingCount,
    notChecked: run.unseen.first,
    notCheckedCount: run.unseen.count(),
  };
}

function copyOf<T>({ first, counts }: { readonly first: readonly T[]; readonly counts: ReadonlyMap<string, number> }) {
  return createFindingBook([...first], new Map(counts));
}
