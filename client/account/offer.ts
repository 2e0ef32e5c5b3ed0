import { AccessError, InputError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import type { TorrentDetail } from "../../protocol/http/listings.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import type { AuthorityClient } from "../authority-client.ts";
import { type AccountHome, readSavedNetwork } from "./home.ts";
import { type OpenNetwork, openSavedNetwork } from "./network.ts";

/**
 * What the authority offers under an id. This module needs nothing of a peer, so that a peer's
 * modules can be loaded while the answer is on its way.
 */
export interface Offer {
  readonly opened: OpenNetwork;
  readonly torrent: TorrentDetail;
  /** Unchecked. */
  readonly metainfo: Uint8Array;
}

const PAGE = 100;
/** Pages in which a shortened id is looked for. */
const MAX_PAGES = 50;

/**
 * Asks for what is offered under a whole or shortened id, and returns as soon as the question is
 * out: whatever is read from the disk after that does not hold it up. `offer` throws {AccessError}
 * TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS.
 * @throws {InputError} NOT_REGISTERED
 */
export async function askForOffer(
  home: AccountHome,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly offer: Promise<Offer> }> {
  const saved = await readSavedNetwork(home);
  const offer = openSavedNetwork(home, saved, signal).then((opened) => findOffer(opened, id, signal));
  // Nothing awaits it yet.
  offer.catch(() => undefined);
  return { offer };
}

/**
 * @throws {AccessError} TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS
 */
export async function findOffer(opened: OpenNetwork, id: string, signal: AbortSignal): Promise<Offer> {
  const { client } = opened;
  if (id.length === 40) {
    const [torrent, metainfo] = await Promise.all([client.torrent(id, signal), client.metainfo(id, signal)]);
    return { opened, torrent, metainfo };
  }
  return findOffer(opened, await findInfoHash(client, id, signal), signal);
}

/** @throws {AccessError} TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS */
export async function findInfoHash(client: AuthorityClient, id: string, signal: AbortSignal): Promise<InfoHash> {
  return id.length === 40 ? id : (await findTorrent(client, id, signal)).infoHash;
}

async function findTorrent(client: AuthorityClient, id: string, signal: AbortSignal): Promise<TorrentReply> {
  const found: TorrentReply[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply = await client.searchTorrents({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }, signal);
    found.push(...reply.torrents.filter(({ infoHash }) => infoHash.startsWith(id)));
    if (reply.cursor === null) break;
    cursor = reply.cursor;
  }
  const [torrent] = found;
  if (!torrent)
    throw new AccessError("TORRENT_UNKNOWN", `no content starts with ${id}: look it up with \`floodgate search\``);
  if (found.length > 1)
    throw new InputError("ID_AMBIGUOUS", `${found.length} contents start with ${id}: give more digits`);
  return torrent;
}
