import { basename, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { ListingTexts } from "../../client/account/listing.ts";
import { unlockOnce } from "../../client/account/unlock-once.ts";
import type { AuthorityClient } from "../../client/authority-client.ts";
import type { Links } from "../../client/torrent/making/list-tree.ts";
import { MAX_TITLE } from "../../protocol/base/constants.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { formatBytes, formatMoney, parseAmount } from "../../protocol/base/units.ts";
import type { TorrentDetail } from "../../protocol/http/listings.ts";
import { amountArgument, contentIdArgument, percentArgument } from "../arguments.ts";
import { cardOption, readCard } from "../card.ts";
import { type TextOptions, textOptions, textsOf } from "../content/listing-texts.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";
import { formatTable } from "../table.ts";

interface PublishOptions extends CommonOptions, TextOptions {
  readonly links: Links;
  readonly price?: string;
  readonly update?: string;
  readonly sponsor?: string;
  readonly card?: string;
  readonly share?: number;
}

/** Per GiB, in tokens. */
const DEFAULT_PRICE = "0.01";

/** Contents that `search` shows. */
const PAGE = 100;

/** `publish` and `search`: the authority's repository of torrents. */
export function addRepositoryCommands(program: Command, runtime: Runtime): void {
  textOptions(
    withPassphrase(
      addCommand(program, "publish", "offer a file or a folder: its torrent goes to the authority's repository", [
        "publish film.mp4 --price 0.01",
        "publish series/ --price 0.01",
        "publish film.mp4 --price 0.01 --share 20    # a fifth of each payment is yours, whoever seeds",
        "publish talk.mp4 --price 0    # free: any BitTorrent client may have it",
      ]),
    ),
  )
    .argument("<path>", "the file, or the folder with all that is in it")
    .option("--price <amount>", "price per GiB (default: 0.01, or that of the version before)", amountArgument)
    .option("--share <percent>", "what of each payment is yours, whoever seeds: 0 to 50", percentArgument)
    .option(
      "--update <id>",
      "a new version of this content: pieces that have not changed are not sold again",
      contentIdArgument,
    )
    .option("--sponsor <budget>", "pay for others' downloads up to this; 0 ends that (see sponsor)", amountArgument)
    .option("--card <number>", "card to charge for what the budget of --sponsor lacks; - asks for it", cardOption)
    .addOption(
      new Option("--links <choice>", "symbolic links in the folder").choices(["refuse", "follow"]).default("refuse"),
    )
    .action((path: string, options: PublishOptions) => publish(contextOf(runtime, options), path, options));

  addCommand(program, "search", "look for content in the authority's repository", ["search film", "search"])
    .argument("[text]", "part of the title; all content without it", "")
    .action((text: string, options: CommonOptions) => search(contextOf(runtime, options), text));
}

async function publish(context: CommandContext, path: string, options: PublishOptions): Promise<void> {
  const [
    { openAccount },
    { signListing },
    { rememberPublished },
    { createMetainfo },
    { readMetainfo },
    { countShared },
  ] = await Promise.all([
    import("../../client/account/account.ts"),
    import("../../client/account/listing.ts"),
    import("../../client/contents/published.ts"),
    import("../../client/torrent/making/create-metainfo.ts"),
    import("../../client/torrent/content/metainfo.ts"),
    import("../../client/torrent/content/reuse.ts"),
  ]);
  const { output, signal } = context;
  if (options.card !== undefined && options.sponsor === undefined)
    throw new InputError("OPTIONS_INCOMPLETE", "--card is for --sponsor: add it, or leave it out");
  const said = await textsOf(options);
  const card = options.card === undefined ? null : await readCard(context, options.card);
  const home = unlockOnce(await openHome(context));
  const { client, network } = await openAccount(home, "login", signal);
  // It signs the listing; a passphrase that is wrong ends it before anything is read.
  const wallet = await home.unlock();
  const { token, trackerUrl } = network.info;
  const before = options.update === undefined ? null : await readBefore(client, options.update, signal);
  const price =
    before !== null && options.price === undefined
      ? BigInt(before.torrent.pricePerGiB)
      : parseAmount(options.price ?? DEFAULT_PRICE, token.decimals);
  const sharePercent = options.share ?? (price > 0n ? (before?.torrent.sharePercent ?? 0) : 0);
  const metainfo = await createMetainfo(path, {
    trackerUrl,
    isPaid: price > 0n,
    links: options.links,
    // Other pieces would all be new.
    ...(before === null ? {} : { pieceLength: before.torrent.pieceLength }),
    onProgress(bytesDone, bytesTotal) {
      const percent = Math.floor((100 * bytesDone) / bytesTotal);
      output.progress({ bytesDone, bytesTotal }, `reading: ${percent} % of ${formatBytes(bytesTotal)}`);
    },
    onLeftOut(emptyFolders) {
      const message = `${emptyFolders === 1 ? "an empty folder is" : `${emptyFolders} empty folders are`} left out`;
      output.event("warning", { message }, message);
    },
    signal,
  });
  const texts = { ...textsBefore(before?.torrent ?? null, basename(resolve(path)).slice(0, MAX_TITLE)), ...said };
  const { title } = texts;
  const published = await client.publish(metainfo, { title, pricePerGiB: price.toString(), sharePercent }, signal);
  const parsed = await readMetainfo(metainfo, published.infoHash);
  // A seeder that knows nothing of it hashes everything once more.
  await rememberPublished(context.home, parsed, path).catch(() => undefined);
  const listing = await signListing(wallet, network.info, published, texts);
  const torrent = await client.list(published.infoHash, { listing, isListed: true }, signal);
  if (options.sponsor !== undefined) {
    const { sponsorTorrent } = await import("../content/sponsoring.ts");
    const budget = parseAmount(options.sponsor, token.decimals);
    const { fields, text } = await sponsorTorrent(context, torrent, { budget, card });
    output.event("sponsored", fields, text);
  }
  const share = sharePercent === 0 ? "" : `, ${sharePercent} % of it to you`;
  const cost = price === 0n ? "free" : `${formatMoney(price, token)} per GiB${share}`;
  const shared = before === null ? null : countShared(before, parsed);
  const where = options.home === undefined ? "" : ` --home ${printable(options.home)}`;
  const seedCommand = `floodgate seed ${torrent.infoHash} --file ${printable(path)}${where}`;
  const text = [
    `published ${printable(torrent.title)}, ${formatBytes(torrent.sizeBytes)}, ${cost}`,
    `id ${torrent.infoHash}`,
    ...(shared === null ? [] : [`${shared} of ${torrent.pieceCount} pieces are those of ${before?.torrent.infoHash}`]),
    `It can be got while someone seeds it: ${seedCommand}`,
  ].join("\n");
  output.event("done", { ...torrent, ...(shared === null ? {} : { sharedPieces: shared }) }, text);
}

/** @throws {AccessError} TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS */
async function readBefore(client: AuthorityClient, id: string, signal: AbortSignal) {
  const { findInfoHash } = await import("../../client/account/offer.ts");
  const { readMetainfo } = await import("../../client/torrent/content/metainfo.ts");
  const infoHash = await findInfoHash(client, id, signal);
  const [torrent, metainfo] = await Promise.all([client.torrent(infoHash, signal), client.metainfo(infoHash, signal)]);
  const { pieces } = await readMetainfo(metainfo, infoHash);
  return { torrent, pieces };
}

/** A new version says of itself what the one before said. */
function textsBefore(before: TorrentDetail | null, name: string): ListingTexts {
  const { description = "", tags = [], licence = "" } = before?.listing ?? {};
  return { title: before?.title ?? name, description, tags, licence, replaces: before?.infoHash ?? null };
}

/** @throws {InputError} QUERY_TOO_LONG, NOT_REGISTERED */
async function search(context: CommandContext, text: string): Promise<void> {
  if (text.length > MAX_TITLE) throw new InputError("QUERY_TOO_LONG", `search for at most ${MAX_TITLE} characters`);
  const { openNetwork } = await import("../../client/account/network.ts");
  const { output, signal } = context;
  const { client, network } = await openNetwork(await openHome(context), signal);
  const { torrents, cursor } = await client.searchTorrents({ query: text, limit: PAGE }, signal);
  const rows = torrents.map(({ infoHash, title, sizeBytes, pricePerGiB, isSponsored }) => {
    const price = pricePerGiB === "0" ? "free" : formatMoney(pricePerGiB, network.info.token);
    return [infoHash, printable(title), formatBytes(sizeBytes), isSponsored ? `${price}, or sponsored` : price];
  });
  const more = cursor === null ? "" : `\nOnly the newest ${PAGE} are shown: search for more of the title.`;
  const table =
    rows.length === 0 ? "Nothing found." : await formatTable(["id", "title", ">size", ">price per GiB"], rows);
  output.event("done", { torrents, hasMore: cursor !== null }, `${table}${rows.length === 0 ? "" : more}`);
}
