import { AccessError } from "../../protocol/base/errors.ts";
import { checkListing } from "../account/listing.ts";
import type { OpenNetwork } from "../account/network.ts";

/** A name is looked up again after this long: its publisher may have a newer content. */
const NAME_MS = 60_000;
const MAX_NAMES = 1_000;
const PAGE = 100;

interface HubNamesOptions {
  /** Ids by ORG/NAME, as this run was told. */
  readonly hub: ReadonlyMap<string, string>;
  readonly account: Pick<OpenNetwork, "client" | "network">;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

/**
 * Which content ORG/NAME is: what this run was told, or, where ORG is a wallet's address, what that
 * wallet has published and signed with the title NAME. The newest wins. Nobody else's word counts,
 * since a name is what people trust. The returned function throws {AccessError} TORRENT_UNKNOWN;
 * {ProtocolError} LISTING_FORGED.
 */
export function createHubNames(options: HubNamesOptions): (repo: string) => Promise<string> {
  const found = new Map<string, { readonly id: string; readonly atMs: number }>();
  return async (repo) => {
    const before = found.get(repo);
    if (before && options.nowMs() < before.atMs + NAME_MS) return before.id;
    const id = options.hub.get(repo) ?? (await findSigned(repo, options));
    if (found.size >= MAX_NAMES) found.clear();
    found.set(repo, { id, atMs: options.nowMs() });
    return id;
  };
}

async function findSigned(repo: string, { account, signal }: HubNamesOptions): Promise<string> {
  const { client, network } = account;
  const [publisher = "", title = ""] = repo.split("/");
  const { torrents } = /^0x[0-9a-f]{40}$/i.test(publisher)
    ? await client.searchTorrents({ query: title, limit: PAGE }, signal)
    : { torrents: [] };
  const theirs = torrents.filter((one) => one.title === title && one.publisher === publisher.toLowerCase());
  for (const { infoHash } of theirs.toSorted((a, b) => b.publishedAt - a.publishedAt)) {
    if (await checkListing(network.info, await client.torrent(infoHash, signal))) return infoHash;
  }
  throw new AccessError("TORRENT_UNKNOWN", `no content is called ${repo} here: give the proxy --hub ${repo}=ID`);
}
