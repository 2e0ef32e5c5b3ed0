import type { AuthorityClient } from "../../client/authority-client.ts";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import { type OpenNetwork, openSavedNetwork, readNetworkFile } from "../account/network-file.ts";
import type { Context } from "../runtime.ts";

/** What the authority offers under an id. This module needs nothing of a peer, so that one can be loaded while the answer is on its way. */
export interface Offer {
  readonly opened: OpenNetwork;
  readonly torrent: TorrentReply;
  /** Unchecked. */
  readonly metainfo: Uint8Array;
}

const PAGE = 100;
/** Pages that a shortened id is looked for in. */
const MAX_PAGES = 50;

/**
 * Asks for what is offered under a whole or shortened id, and returns as soon as the question is out: what is read from the disk
 * after that, such as the modules of a peer, holds it up no more. `offer` throws {AccessError} TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS.
 * @throws {InputError} NOT_REGISTERED
 */
export async function askForOffer({ home, signal }: Context, id: string): Promise<{ readonly offer: Promise<Offer> }> {
  const saved = await readNetworkFile(home);
  const offer = openSavedNetwork(home, saved, signal).then((opened) => findOffer(opened, id, signal));
  // Nobody waits for it yet.
  offer.catch(() => undefined);
  return { offer };
}

async function findOffer(opened: OpenNetwork, id: string, signal: AbortSignal): Promise<Offer> {
  const { client } = opened;
  if (id.length === 40) {
    const [torrent, metainfo] = await Promise.all([client.torrent(id, signal), client.metainfo(id, signal)]);
    return { opened, torrent, metainfo };
  }
  const torrent = await findTorrent(client, id, signal);
  return { opened, torrent, metainfo: await client.metainfo(torrent.infoHash, signal) };
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
