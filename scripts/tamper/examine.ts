import { BUILDS } from "../../audit/code/builds.ts";
import { checkCode } from "../../audit/code/check-code.ts";
import type { Finding, NotChecked } from "../../audit/findings.ts";
import type { Observer } from "../../audit/replay/observer.ts";
import { replay } from "../../audit/replay/replay.ts";
import { checkSolvency } from "../../audit/replay/solvency.ts";
import { compareLanes, compareState } from "../../audit/session/compare-state.ts";
import type { Recording } from "./recording.ts";

export interface Examined {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

/** Makes what follows the replay besides the audit itself, anew for each. */
export type Observe = (recording: Recording) => Promise<readonly Observer[]>;

/** Audits a recording, from facts to findings. */
export async function examine(recording: Recording, observe: Observe): Promise<Examined> {
  const { rules, history, contractWallets, end, held, state: actual } = recording;
  const observers = await observe(recording);
  const replayed = replay({ rules, history, contractWallets, money: String, observers, end });
  const { state, clouded, cloudedNonces, notChecked } = replayed;
  const differences = compareState({ replayed: state, actual, clouded, cloudedNonces, time: end.time, money: String });
  const lanes = [...replayed.lanes.changedSince(0)].flatMap((part) =>
    compareLanes({ replayed: part, actual: recording.lanes, clouded, money: String }),
  );
  const verdict = checkCode({ rules, token: { address: recording.token } }, recording.code, BUILDS);
  return {
    findings: [
      ...replayed.findings,
      ...differences,
      ...lanes,
      ...checkSolvency(actual, held, String),
      ...verdict.findings,
    ],
    notChecked: [...notChecked, ...verdict.notChecked],
  };
}
