import type { AuditReport } from "../audit-report.ts";
import type { BlockFacts } from "../chain/chain-reader.ts";
import { createViewReader, readLanes, readState } from "../chain/read-state.ts";
import { CHECKS } from "../checks.ts";
import { BUILDS } from "../code/builds.ts";
import { checkCode } from "../code/check-code.ts";
import { budgetAt, sumOfDebts } from "../facts/state.ts";
import { createFindingBook, type Finding } from "../findings.ts";
import { finishReplay } from "../replay/replay.ts";
import { checkSolvency } from "../replay/solvency.ts";
import type { AuditPass } from "./audit-pass.ts";
import { checkUnchanged } from "./check-unchanged.ts";
import { compareLanes, compareState } from "./compare-state.ts";

/**
 * Compares the replayed history with what the contract says at this block. Of lanes, only those
 * that changed since `lanesSince` are compared. The pass stays as it is and may continue.
 */
export async function conclude(pass: AuditPass, end: BlockFacts, lanesSince = 0): Promise<AuditReport> {
  const { chain, contract, store } = pass;
  const { rules, token, money } = contract;
  const run = { ...pass.run, found: copyOf(pass.run.found), unseen: copyOf(pass.run.unseen) };
  const ended = { ...run, findings: run.found.first, notChecked: run.unseen.first };
  const builds = [...BUILDS, ...(pass.artifact === null ? [] : [pass.artifact])];
  const add = (findings: readonly Finding[]): void => {
    for (const finding of findings) run.found.add(finding.name, finding);
  };
  store.aside(() => finishReplay(ended, { block: end.number, time: end.time }));

  const view = createViewReader(chain, { contract: rules.contract, token: token.address }, end.number);
  const { state, clouded, cloudedNonces } = run;
  const actual = await readState(view, state);
  const [held] = await view.token("balanceOf", rules.contract);
  add(compareState({ replayed: state, actual, clouded, cloudedNonces, time: end.time, money }));
  for (const part of run.lanes.changedSince(lanesSince))
    add(compareLanes({ replayed: part, actual: await readLanes(view, part), clouded, money }));
  add(checkSolvency(actual, held, money));
  const code = {
    contract: await chain.code(rules.contract, end.number),
    token: await chain.code(token.address, end.number),
  };
  const verdict = checkCode({ rules, token }, code, builds);
  add(verdict.findings);
  for (const unseen of verdict.notChecked) run.unseen.add("contract-code", unseen);
  await checkUnchanged(chain, end);
  const findingCount = run.found.count();
  return {
    ok: findingCount === 0,
    chainId: chain.chainId,
    contract: rules.contract,
    token,
    build: verdict.build,
    fromBlock: pass.fromBlock,
    toBlock: end.number,
    resumedFrom: pass.resumedFrom,
    seed: pass.seed,
    transactions: run.tallies.transactions,
    accounts: state.accounts.size,
    held,
    owed: sumOfDebts(state),
    bond: state.bond,
    allotters: [...state.allotters].map(([allotter, one]) => ({
      allotter,
      ...one,
      bondBudget: budgetAt(one, end.time),
    })),
    operators: state.operators,
    tallies: run.tallies,
    checks: Object.entries(CHECKS)
      .filter(([, check]) => !("needs" in check) || pass.sources.has(check.needs))
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
