import { basename } from "node:path";
import Table from "cli-table3";
import { createMetainfo } from "../../client/torrent/content/metainfo.ts";
import { MAX_TITLE } from "../../protocol/base/constants.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { formatBytes, parseAmount } from "../../protocol/base/units.ts";
import { openAccount } from "../account/account.ts";
import { openNetwork } from "../account/network-file.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";

const PAGE = 100;

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
