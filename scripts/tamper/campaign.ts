import { examine, type Observe } from "./examine.ts";
import type { Kind } from "./kinds/kind.ts";
import { createRandom } from "./random.ts";
import type { Recording } from "./recording.ts";

/** One lie, and what the audit said. */
export interface Verdict {
  readonly kind: string;
  /** The history's seed, and which lie of this kind about it: both repeat it. */
  readonly history: string;
  readonly attempt: number;
  readonly expected: readonly string[];
  readonly found: readonly string[];
  /** The audit ended with this error instead of a report. */
  readonly crash: string | null;
}

/** One honest history, and what the audit said against it. */
export interface FalseAlarm {
  readonly history: string;
  readonly sentences: readonly string[];
}

export interface Campaign {
  readonly cleanRuns: number;
  readonly falseAlarms: readonly FalseAlarm[];
  readonly verdicts: readonly Verdict[];
}

export interface CampaignOptions {
  /** Seeds of the histories. */
  readonly histories: readonly string[];
  /** Lies in all, spread evenly over histories and kinds. */
  readonly runs: number;
  readonly kinds: readonly Kind[];
  readonly record: (seed: string) => Promise<Recording>;
  readonly observe: Observe;
  /** What the audit of an honest history may say that it did not check. */
  readonly isAnnounced: (notChecked: string) => boolean;
  readonly onHistory?: (done: number) => void;
}

export function isFound({ expected, found }: Verdict): boolean {
  return expected.some((check) => found.includes(check));
}

/** Audits every history as it is, and then with one lie at a time. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { histories, runs, kinds, observe, isAnnounced } = options;
  const falseAlarms: FalseAlarm[] = [];
  const verdicts: Verdict[] = [];
  const counts = new Map(kinds.map((kind) => [kind, 0]));
  for (const [index, history] of histories.entries()) {
    const recording = await options.record(history);
    const { findings, notChecked } = await examine(recording, observe);
    const unseen = notChecked.map(({ sentence }) => sentence).filter((sentence) => !isAnnounced(sentence));
    const sentences = [...findings.map(({ name, sentence }) => `${name}: ${sentence}`), ...unseen];
    if (sentences.length > 0) falseAlarms.push({ history, sentences });

    const share = Math.floor(((index + 1) * runs) / histories.length) - Math.floor((index * runs) / histories.length);
    verdicts.push(...(await lieAbout(recording, observe, counts, share)));
    options.onHistory?.(index + 1);
  }
  return { cleanRuns: histories.length, falseAlarms, verdicts };
}

/** Tells so many lies, always of the kind that was told least. */
async function lieAbout(
  recording: Recording,
  observe: Observe,
  counts: Map<Kind, number>,
  share: number,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const attempts = new Map([...counts.keys()].map((kind) => [kind, 0]));
  while (verdicts.length < share) {
    const kind = [...attempts.keys()].toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))[0];
    if (kind === undefined) break;
    const attempt = attempts.get(kind) ?? 0;
    const verdict = await tryLie(recording, observe, kind, attempt);
    if (verdict === null) {
      attempts.delete(kind);
      continue;
    }
    attempts.set(kind, attempt + 1);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    verdicts.push(verdict);
  }
  return verdicts;
}

async function tryLie(
  recording: Recording,
  observe: Observe,
  { name: kind, tell }: Kind,
  attempt: number,
): Promise<Verdict | null> {
  const { seed: history } = recording;
  const lie = tell(recording, createRandom(`${history}/${kind}/${attempt}`));
  if (lie === null) return null;
  const told = { kind, history, attempt, expected: lie.checks };
  try {
    const found = new Set<string>((await examine(lie.recording, observe)).findings.map(({ name }) => name));
    return { ...told, found: [...found], crash: null };
  } catch (error) {
    return { ...told, found: [], crash: String(error) };
  }
}
