import type { Rules } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";
import { domainSeparatorOf, recoverAllotter } from "../signatures/signatures.ts";
import type { BundleBook } from "./bundle-book.ts";
import type { BundleSource } from "./bundle-source.ts";
import { checkBundle } from "./check-bundle.ts";
import { NO_BUNDLE } from "./format/bundle-format.ts";
import { type BundleSink, readBundle } from "./format/read-bundle.ts";
import { FileFault } from "./format/text-lines.ts";
import type { NamedBundle } from "./named-bundles.ts";
import { termsOf } from "./published-allotments.ts";

/** Bundles between those of two batches: each tells what had become much, or its batch failed. */
const MAX_UNNAMED = 10_000;

/**
 * Reads the bundle of each batch and then, going back, the bundles that no batch names. Bundles
 * that the book already holds are not read again. Problems are kept in the book, and reported with
 * the replay.
 * @throws {NetworkError} EVIDENCE_UNREACHABLE; {InputError} FILE_UNREADABLE
 */
export async function readBundles(input: {
  /** In chain order. */
  readonly batches: readonly NamedBundle[];
  readonly source: BundleSource;
  readonly rules: Rules;
  readonly signal: AbortSignal;
  /** To add to. */
  readonly book: BundleBook;
}): Promise<BundleBook> {
  const { batches, source, rules, signal, book } = input;
  const domain = domainSeparatorOf(rules);
  for (const { bundleHash } of batches) {
    const drafts: number[] = [];
    let name = bundleHash;
    while (name !== NO_BUNDLE && !book.faults.has(name) && !book.files.find(name)) {
      signal.throwIfAborted();
      const fault = drafts.length === MAX_UNNAMED ? "is one of too many that no batch names" : null;
      const draft = fault ?? (await readDraft(source, book, name, rules, domain));
      if (typeof draft === "string") {
        book.faults.set(name, draft);
        if (drafts.length > 0) book.addProblem("bundle-chain", `the bundle ${name}, which another names, ${draft}`);
        break;
      }
      drafts.push(draft);
      name = book.files.at(draft)?.previous as Hex;
    }
    checkLink(book, drafts, name);
    for (const draft of drafts.toReversed()) checkBundle(book, domain, book.files.append(draft));
  }
  return book;
}

/** Returns its number in the book, or what is wrong with the bundle. */
async function readDraft(
  source: BundleSource,
  book: BundleBook,
  name: Hex,
  rules: Rules,
  domain: Hex,
): Promise<number | string> {
  const { files, allotments, listed } = book;
  const chunks = await source.open(name);
  if (chunks === null) return "is not available";
  let draft = 0;
  const sink: BundleSink = {
    header(header) {
      draft = files.addDraft(name, header);
    },
    take(line, number) {
      if (line.kind === "allotment") {
        book.signaturesChecked++;
        allotments.add(draft, number, line, recoverAllotter(domain, termsOf(line), line.signature));
      } else if (line.kind === "statement") listed.addStatement(draft, line);
      else if (!listed.add(draft, line)) throw new FileFault(`lists lane ${line.lane} of ${line.payer} twice`);
    },
  };
  try {
    return await book.draft(async () => {
      await readBundle(chunks, name, rules, sink);
      return draft;
    });
  } catch (error) {
    if (error instanceof FileFault) return error.message;
    throw error;
  }
}

/** The oldest of the new bundles must name the newest of the earlier ones. */
function checkLink(book: BundleBook, drafts: readonly number[], previous: Hex): void {
  const last = book.files.last();
  if (book.faults.has(previous)) book.isComplete = false;
  else if (drafts.length > 0 && (last?.name ?? NO_BUNDLE) !== previous) {
    const oldest = book.files.at(drafts.at(-1) as number)?.name;
    const says = previous === NO_BUNDLE ? "says that it is the first" : `follows ${previous}`;
    book.addProblem("bundle-chain", `the bundle ${oldest} ${says}, but ${last?.name} came before it`, {
      expected: last?.name ?? NO_BUNDLE,
      actual: previous,
    });
  }
}
