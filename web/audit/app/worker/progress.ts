import type { Observer } from "../../../../audit/replay/observer.ts";
import type { Run } from "../../../../audit/replay/run.ts";
import type { Progress } from "../messages.ts";

/** Between two words to the page, milliseconds: what an eye follows. */
const PAUSE_MS = 100;

interface ProgressObserver {
  readonly observer: Observer;
  opened(from: number, to: number): void;
  readonly reached: (block: number) => void;
  readonly bundleOpened: () => void;
  comparing(): void;
}

/** Tells how far a replay is, not more often than somebody can read it. */
export function createProgressObserver(tell: (progress: Progress) => void): ProgressObserver {
  let progress: Progress = {
    phase: "connecting",
    ...{ from: 0, to: 0, block: 0 },
    ...{ transactions: 0, batches: 0, rows: 0, findings: 0, bundles: 0 },
  };
  let toldAt = 0;
  const change = (change: Partial<Progress>, isNews = false): void => {
    progress = { ...progress, ...change };
    const now = performance.now();
    if (!isNews && now - toldAt < PAUSE_MS) return;
    toldAt = now;
    tell(progress);
  };
  const countsOf = ({ tallies, found }: Run): Partial<Progress> => ({
    transactions: tallies.transactions,
    batches: tallies.batches,
    rows: tallies.rows,
    findings: found.count(),
  });
  return {
    observer: {
      beforeBlock: (run, block) => change({ block, ...countsOf(run) }),
      batchSettled: (run) => change(countsOf(run)),
      finish: (run) => change(countsOf(run), true),
    },
    opened: (from, to) => change({ phase: "replaying", from, to, block: from }, true),
    reached: (block) => change({ block }),
    bundleOpened: () => change({ bundles: progress.bundles + 1 }),
    comparing: () => change({ phase: "comparing", block: progress.to }, true),
  };
}
