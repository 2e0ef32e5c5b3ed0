import { type Command, Option } from "commander";
import type { BundleChecks } from "../../../audit/bundles/bundle-checks.ts";
import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import type { Source } from "../../../audit/checks.ts";
import type { AuditObserver, ObserverContext } from "../../../audit/session/audit-options.ts";
import type { CommandContext } from "../../runtime.ts";

/** What an audit may look at beside the chain. */
export interface BundleOptions {
  /** The authority's server, or a directory of its audit bundles. */
  readonly bundles?: string;
  /** Its name in version 0.1.0. */
  readonly evidence?: string;
  /** Files of `floodgate vouchers export`. */
  readonly vouchers?: readonly string[];
  /** Directory of `.torrent` files: the sizes of contents. */
  readonly torrents?: string;
  /** File of contents as the authority's API tells them: what their publishers have signed. */
  readonly listings?: string;
}

export function onBundles(command: Command): Command {
  return command
    .option("--bundles <url-or-directory>", "the authority's audit bundles: its server, or a directory of them")
    .addOption(new Option("--evidence <url-or-directory>").hideHelp())
    .option("--vouchers <file>", "what a payee holds, from `floodgate vouchers export`; repeatable", gather)
    .option("--torrents <directory>", "torrent files, which tell the sizes of contents")
    .option("--listings <file>", "lines of GET /v1/torrents/ID: the shares that publishers have signed");
}

interface Gathered {
  readonly sources: ReadonlySet<Source>;
  follow(context: ObserverContext): BundleChecks & AuditObserver;
}

/**
 * Reads what payees hold, and makes ready to read bundles.
 * @throws {InputError} EVIDENCE_INVALID, VOUCHERS_INVALID, TORRENT_INVALID, LISTING_INVALID,
 * FILE_UNREADABLE
 */
export async function gatherBundles({ signal }: CommandContext, options: BundleOptions): Promise<Gathered> {
  const { vouchers: paths, torrents, listings } = options;
  const place = options.bundles ?? options.evidence;
  const [{ followBundles }, { openBundleSource }, { readHeldVouchers }, { readContentSizes }] = await Promise.all([
    import("../../../audit/bundles/follow-bundles.ts"),
    import("../../../audit/bundles/bundle-source.ts"),
    import("../../../audit/bundles/format/held-vouchers.ts"),
    import("../../../audit/bundles/format/content-sizes.ts"),
  ]);
  const held: HeldVoucher[] = [];
  for (const path of paths ?? []) held.push(...(await readHeldVouchers(path)));
  const { readSignedListings, trustListings } = await import("../../../audit/bundles/format/signed-listings.ts");
  const signed = listings === undefined ? [] : await readSignedListings(listings);
  const read = {
    source: place === undefined ? null : await openBundleSource(place, signal),
    held: paths === undefined ? null : held,
    contents: torrents === undefined ? null : await readContentSizes(torrents),
    signal,
  };
  const sources = new Set<Source>();
  if (read.source !== null) sources.add("bundles");
  if (read.held !== null) sources.add("vouchers");
  return {
    sources,
    follow(context) {
      const { shares: listed, unsigned } = trustListings(context.domain, signed);
      return followBundles(context, { ...read, listed, unsigned });
    },
  };
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
