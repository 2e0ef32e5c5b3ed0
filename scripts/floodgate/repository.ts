import { basename } from "node:path";
import Table from "cli-table3";
import type { AuthorityClient } from "../../client/authority-client.ts";
import { createMetainfo } from "../../client/torrent/metainfo.ts";
import type { TorrentReply } from "../../protocol/api.ts";
import { MAX_TITLE } from "../../protocol/constants.ts";
import { AccessError, InputError } from "../../protocol/errors.ts";
import { formatBytes, parseAmount, printable } from "../../protocol/units.ts";
import { openAccount } from "./account.ts";
import type { Context } from "./command.ts";
import { formatMoney } from "./money.ts";
import { openNetwork } from "./network-file.ts";

const PAGE = 100;
/** Pages that a shortened id is looked for in. */
const MAX_PAGES = 50;

export async function publish(
  context: Context,
  file: string,
  options: { readonly price: string; readonly title?: string },
): Promise<void> {
  const { client, network } = await openAccount(context, "login");
  const { token, trackerUrl } = network.info;
  const price = parseAmount(options.price, token.decimals);
  const metainfo = await createMetainfo(file, { trackerUrl, isPaid: price > 0n });
  const title = (options.title ?? basename(file)).slice(0, MAX_TITLE);
  const torrent = await client.publish(metainfo, { title, pricePerGiB: price.toString() }, context.signal);
  const cost = price === 0n ? "free" : `${formatMoney(price, token)} per GiB`;
  const text = [
    `published ${printable(torrent.title)}, ${formatBytes(torrent.sizeBytes)}, ${cost}`,
    `id ${torrent.infoHash}`,
    `Nobody can get it before someone seeds it: floodgate seed ${torrent.infoHash} --file ${printable(file)}`,
  ].join("\n");
  context.output.event("done", { ...torrent }, text);
}

export async function search(context: Context, text: string): Promise<void> {
  if (text.length > MAX_TITLE) throw new InputError("QUERY_TOO_LONG", `search for at most ${MAX_TITLE} characters`);
  const { client, network } = await openNetwork(context.home, context.signal);
  const { torrents, cursor } = await client.searchTorrents({ query: text, limit: PAGE }, context.signal);
  const table = new Table({
    head: ["id", "title", "size", "price per GiB"],
    colAligns: ["left", "left", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { infoHash, title, sizeBytes, pricePerGiB } of torrents) {
    const price = pricePerGiB === "0" ? "free" : formatMoney(pricePerGiB, network.info.token);
    table.push([infoHash, printable(title), formatBytes(sizeBytes), price]);
  }
  const more = cursor === null ? "" : `\nOnly the newest ${PAGE} are shown: search for more of the title.`;
  const found = torrents.length === 0 ? "Nothing found." : `${table.toString()}${more}`;
  context.output.event("done", { torrents, hasMore: cursor !== null }, found);
}

/** The torrent of a whole or shortened id. @throws {AccessError} TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS */
export async function findTorrent(client: AuthorityClient, id: string, signal: AbortSignal): Promise<TorrentReply> {
  if (id.length === 40) return client.torrent(id, signal);
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
