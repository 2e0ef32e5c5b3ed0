import type { Hex, Rules } from "../facts/facts.ts";
import { domainSeparatorOf, recoverAllotter } from "../signatures/signatures.ts";
import { checkBundle } from "./check-bundle.ts";
import { Evidence } from "./evidence.ts";
import type { EvidenceSource } from "./evidence-source.ts";
import { NO_BUNDLE } from "./format/bundle-format.ts";
import { type BundleSink, readBundle } from "./format/read-bundle.ts";
import { FileFault } from "./format/text-lines.ts";
import type { NamedEvidence } from "./named-evidence.ts";
import { termsOf } from "./published-allotments.ts";

/** Bundles between those of two batches: each stands for a batch that failed as a whole. */
const MAX_UNNAMED = 10_000;

/**
 * Reads the bundle of each batch and, backwards, those that no batch names; those that the book holds are not read
 * again. What is wrong with them is kept beside them, to be reported with the replay.
 * @throws {NetworkError} EVIDENCE_UNREACHABLE; {InputError} FILE_UNREADABLE
 */
export async function readBundles(input: {
  /** In chain order. */
  readonly batches: readonly NamedEvidence[];
  readonly source: EvidenceSource;
  readonly rules: Rules;
  readonly signal: AbortSignal;
  /** To be added to. Default: a new one, in memory. */
  readonly evidence?: Evidence;
}): Promise<Evidence> {
  const { batches, source, rules, signal } = input;
  const evidence = input.evidence ?? new Evidence();
  const domain = domainSeparatorOf(rules);
  for (const { bundleHash } of batches) {
    const drafts: number[] = [];
    let name = bundleHash;
    while (name !== NO_BUNDLE && !evidence.faults.has(name) && !evidence.files.find(name)) {
      signal.throwIfAborted();
      const fault = drafts.length === MAX_UNNAMED ? "is one of too many that no batch names" : null;
      const draft = fault ?? (await readDraft(source, evidence, name, rules, domain));
      if (typeof draft === "string") {
        evidence.faults.set(name, draft);
        if (drafts.length > 0) evidence.addProblem("bundle-chain", `the bundle ${name}, which another names, ${draft}`);
        break;
      }
      drafts.push(draft);
      name = evidence.files.at(draft)?.previous as Hex;
    }
    checkLink(evidence, drafts, name);
    for (const draft of drafts.toReversed()) checkBundle(evidence, domain, evidence.files.append(draft));
  }
  return evidence;
}

/** Returns its number in the book, or what is wrong with it. */
async function readDraft(
  source: EvidenceSource,
  evidence: Evidence,
  name: Hex,
  rules: Rules,
  domain: Hex,
): Promise<number | string> {
  const { book, files, allotments, listed } = evidence;
  const chunks = await source.open(name);
  if (chunks === null) return "is not to be had";
  let draft = 0;
  const sink: BundleSink = {
    header(header) {
      draft = files.addDraft(name, header);
    },
    take(line, number) {
      if (line.kind === "allotment") {
        evidence.signaturesChecked++;
        allotments.add(draft, number, line, recoverAllotter(domain, termsOf(line), line.signature));
      } else if (line.kind === "statement") listed.addStatement(draft, line);
      else if (!listed.add(draft, line)) throw new FileFault(`lists lane ${line.lane} of ${line.payer} twice`);
    },
  };
  book.exec("SAVEPOINT bundle");
  try {
    await readBundle(chunks, name, rules, sink);
    book.exec("RELEASE bundle");
    return draft;
  } catch (error) {
    book.exec("ROLLBACK TO bundle; RELEASE bundle");
    if (error instanceof FileFault) return error.message;
    throw error;
  }
}

/** The oldest of the new bundles must name the newest of those before. */
function checkLink(evidence: Evidence, drafts: readonly number[], previous: Hex): void {
  const last = evidence.files.last();
  if (evidence.faults.has(previous)) evidence.isComplete = false;
  else if (drafts.length > 0 && (last?.name ?? NO_BUNDLE) !== previous) {
    const oldest = evidence.files.at(drafts.at(-1) as number)?.name;
    const says = previous === NO_BUNDLE ? "says that it is the first" : `follows ${previous}`;
    evidence.addProblem("bundle-chain", `the bundle ${oldest} ${says}, but ${last?.name} came before it`, {
      expected: last?.name ?? NO_BUNDLE,
      actual: previous,
    });
  }
}
