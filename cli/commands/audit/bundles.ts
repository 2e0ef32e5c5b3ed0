import type { BundleBook } from "../../../audit/bundles/bundle-book.ts";
import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import type { Source } from "../../../audit/checks.ts";
import type { Observer } from "../../../audit/replay/observer.ts";
import { InputError } from "../../../protocol/base/errors.ts";
import type { CommandContext } from "../../runtime.ts";
import type { HistoryOptions } from "./history.ts";

/** What an audit may look at beside the chain. */
export interface BundleOptions {
  /** The authority's server, or a directory of its audit bundles. */
  readonly bundles?: string;
  /** Files of `floodgate vouchers export`. */
  readonly vouchers?: readonly string[];
  /** Directory of `.torrent` files: the sizes of contents. */
  readonly torrents?: string;
}

interface Gathered {
  readonly checks: readonly Observer[];
  readonly sources: ReadonlySet<Source>;
  /** The audit must end there: later batches name bundles that were not read. */
  readonly toBlock: number | undefined;
}

/**
 * Reads bundles and vouchers before the replay.
 * @throws {InputError} OPTIONS_CONFLICT, EVIDENCE_INVALID, VOUCHERS_INVALID, TORRENT_INVALID,
 * FILE_UNREADABLE
 */
export async function gatherBundles(
  context: CommandContext,
  options: HistoryOptions & BundleOptions & { readonly state?: string },
): Promise<Gathered> {
  const { bundles: place, vouchers: paths, torrents } = options;
  const sources = new Set<Source>();
  if (place !== undefined) sources.add("bundles");
  if (paths !== undefined) sources.add("vouchers");
  // Bundles and receipts are compared with the whole history.
  if (options.state !== undefined) {
    if (sources.size === 0) return { checks: [], sources, toBlock: options.toBlock };
    throw new InputError("OPTIONS_CONFLICT", "--bundles and --vouchers need the whole history: leave --state out");
  }
  const [{ createBundleChecks }, { readHeldVouchers }, { readContentSizes }] = await Promise.all([
    import("../../../audit/bundles/bundle-checks.ts"),
    import("../../../audit/bundles/format/held-vouchers.ts"),
    import("../../../audit/bundles/format/content-sizes.ts"),
  ]);
  const held: HeldVoucher[] = [];
  for (const path of paths ?? []) held.push(...(await readHeldVouchers(path)));
  const contents = torrents === undefined ? null : await readContentSizes(torrents);
  const read = place === undefined ? null : await readBook(context, options, place);
  const checks = createBundleChecks({
    book: read?.book ?? null,
    held: paths === undefined ? null : held,
    contents,
  });
  return { checks: [checks], sources, toBlock: read?.toBlock ?? options.toBlock };
}

async function readBook(
  { signal }: CommandContext,
  options: HistoryOptions,
  place: string,
): Promise<{ readonly book: BundleBook; readonly toBlock: number }> {
  const [{ openChain }, { listNamedBundles }, { openBundleSource }, { readBundles }, { findCreation, readContract }] =
    await Promise.all([
      import("../../../audit/chain/chain-reader.ts"),
      import("../../../audit/bundles/named-bundles.ts"),
      import("../../../audit/bundles/bundle-source.ts"),
      import("../../../audit/bundles/read-bundles.ts"),
      import("../../../audit/chain/find-contract.ts"),
    ]);
  const source = await openBundleSource(place, signal);
  const chain = await openChain(options.rpc[0] ?? "", signal);
  const toBlock = options.toBlock ?? (await chain.latestBlock());
  const { rules } = await readContract(chain, options.contract, toBlock);
  const { contract } = rules;
  const fromBlock = options.fromBlock ?? (await findCreation(chain, contract, toBlock));
  const batches = await listNamedBundles(chain, { contract, fromBlock, toBlock });
  return { book: await readBundles({ batches, source, rules, signal }), toBlock };
}
