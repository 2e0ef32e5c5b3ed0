import { InputError } from "../../protocol/base/errors.ts";
import type { BlockFacts, ChainReader } from "../chain/chain-reader.ts";
import type { AuditObserver, ObserverContext } from "../session/audit-options.ts";
import type { BundleBook } from "./bundle-book.ts";
import { type BundleChecks, createBundleChecks } from "./bundle-checks.ts";
import { type BundleMemory, emptyMemory, readMemory, writeMemory } from "./bundle-memory.ts";
import type { BundleSource } from "./bundle-source.ts";
import { createTableBook } from "./bundle-tables.ts";
import type { ContentSizes } from "./format/content-sizes.ts";
import type { HeldVoucher } from "./format/held-vouchers.ts";
import type { ListedShares } from "./format/signed-listings.ts";
import { listNamedBundles } from "./named-bundles.ts";
import { readBundles } from "./read-bundles.ts";

export interface FollowOptions {
  /** Null: bundles are not read. */
  readonly source: BundleSource | null;
  /** Null: none given. */
  readonly held: readonly HeldVoucher[] | null;
  /** Null: not known. */
  readonly contents: ContentSizes | null;
  /** As the checks have them. */
  readonly listed?: ListedShares;
  readonly unsigned?: number;
  readonly signal: AbortSignal;
  /** Default: in the audit's database. */
  readonly book?: BundleBook;
}

/**
 * The bundle checks of an audit that goes on where it stopped: it reads what batches name before
 * their blocks are replayed. The blocks after the newest bundle are replayed again the next time,
 * since the next bundle tells what was issued at them.
 * @throws {InputError} STATE_SOURCES, and STATE_REORGED while it reads
 */
export function followBundles(context: ObserverContext, options: FollowOptions): BundleChecks & AuditObserver {
  const { database } = context;
  const { source, held, contents, listed, unsigned } = options;
  const sources = sourcesOf(options);
  const memory = takeUp(context, sources);
  const book = options.book ?? createTableBook(database ?? undefined);
  book.restore(memory);
  const checks = createBundleChecks({
    book: source === null ? null : book,
    payments: book,
    held,
    contents,
    ...(listed === undefined ? {} : { listed }),
    ...(unsigned === undefined ? {} : { unsigned }),
    memory,
  });
  return Object.assign(checks, {
    async readAhead(chain: ChainReader, blocks: { readonly after: number; readonly to: number }): Promise<number> {
      if (source === null) return blocks.to;
      return await readNamed({ ...context, ...options, source, book, checks }, chain, blocks);
    },
    keep: () => void (database && writeMemory(database, sources, checks.memory)),
  });
}

const MADE: Readonly<Record<string, string>> = {
  bundles: "with --bundles",
  payments: "with --vouchers and without --bundles",
  chain: "without --bundles and --vouchers",
};

/** What fills the tables. Held vouchers are read anew each time, but need every payment. */
function sourcesOf({ source, held }: FollowOptions): string {
  if (source !== null) return "bundles";
  return held === null ? "chain" : "payments";
}

function takeUp({ database, isResumed }: ObserverContext, sources: string): BundleMemory {
  const kept = database && readMemory(database);
  if (!isResumed) return kept?.memory ?? emptyMemory();
  if ((kept?.sources ?? "chain") === sources) return kept?.memory ?? emptyMemory();
  const made = MADE[kept?.sources ?? "chain"];
  throw new InputError("STATE_SOURCES", `the audit's state was made ${made}: give the same, or choose another --state`);
}

interface Reading extends ObserverContext {
  readonly source: BundleSource;
  readonly book: BundleBook;
  readonly checks: BundleChecks;
  readonly signal: AbortSignal;
}

/** What a lost batch has named cannot be taken back: other bundles follow in its place. */
async function checkRead(chain: ChainReader, read: BlockFacts | null): Promise<void> {
  if (read === null || (await chain.block(read.number)).hash === read.hash) return;
  const message = `the audit has read bundles up to block ${read.number} (${read.hash}), which is no longer on this chain`;
  throw new InputError("STATE_REORGED", `${message}: delete the file of --state and start again`);
}

/** Returns the block of the newest bundle that these blocks name. */
async function readNamed(
  { source, book, checks, rules, signal }: Reading,
  chain: ChainReader,
  { after, to }: { readonly after: number; readonly to: number },
): Promise<number> {
  await checkRead(chain, checks.readTo);
  const range = { contract: rules.contract, fromBlock: after + 1, toBlock: to };
  const batches = await listNamedBundles(chain, range);
  book.forget(batches.map(({ bundleHash }) => bundleHash));
  const before = book.files.last()?.file ?? 0;
  await readBundles({ batches, source, rules, signal, book });
  checks.readTo = await chain.block(to);
  checks.dropLate(before);
  const newest = batches.findLast(({ bundleHash }) => book.files.find(bundleHash) !== undefined);
  const block = newest === undefined ? undefined : book.files.find(newest.bundleHash)?.block;
  return Math.min(block ?? after, to);
}
