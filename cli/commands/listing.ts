import type { Command } from "commander";
import { printable } from "../../protocol/base/text.ts";
import { formatBytes, formatMoney } from "../../protocol/base/units.ts";
import type { SignedListing, TorrentDetail } from "../../protocol/http/listings.ts";
import { contentIdArgument } from "../arguments.ts";
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

const ID = "0123456789abcdef0123456789abcdef01234567";

/** `edit`, `unlist` and `published`: what a publisher does with its contents. */
export function addListingCommands(program: Command, runtime: Runtime): void {
  textOptions(
    withPassphrase(
      addCommand(program, "edit", "change what is said of a content that you have published, and list it", [
        `edit ${ID} --title "The Film" --tags drama,2026`,
      ]),
    ),
  )
    .argument("<id>", "infohash, as `floodgate published` shows it", contentIdArgument)
    .action((id: string, options: CommonOptions & TextOptions) => edit(contextOf(runtime, options), id, options, true));

  withPassphrase(
    addCommand(
      program,
      "unlist",
      "take a content out of searches and pages, and end its sponsorship; who knows its id still buys it",
      [`unlist ${ID}`],
    ),
  )
    .argument("<id>", "infohash, as `floodgate published` shows it", contentIdArgument)
    .action((id: string, options: CommonOptions) => edit(contextOf(runtime, options), id, {}, false));

  withPassphrase(
    addCommand(program, "published", "what you have published: payers, bytes, and what they have paid", ["published"]),
  ).action((options: CommonOptions) => published(contextOf(runtime, options)));
}

const ENDED_ELSEWHERE =
  "Its sponsorship has ended; who paid for it takes the rest back with `floodgate sponsor ID 0`, in the home that has it";

/** @throws {AccessError} TORRENT_UNKNOWN, FORBIDDEN; {InputError} LISTING_INVALID, ID_AMBIGUOUS */
async function edit(context: CommandContext, id: string, options: TextOptions, isListed: boolean): Promise<void> {
  const [{ openAccount }, { findInfoHash }, { signListing }] = await Promise.all([
    import("../../client/account/account.ts"),
    import("../../client/account/offer.ts"),
    import("../../client/account/listing.ts"),
  ]);
  const { output, signal } = context;
  const home = await openHome(context);
  const { client, network } = await openAccount(home, "login", signal);
  const before = await client.torrent(await findInfoHash(client, id, signal), signal);
  const texts = { ...textsBefore(before), ...(await textsOf(options)) };
  const wallet = await home.unlock();
  const listing = await signListing(wallet, network.info, before, texts);
  const torrent = await client.list(before.infoHash, { listing, isListed }, signal);
  const what = isListed ? "is listed" : "is in no search and on no page any more";
  const lines = [`${printable(torrent.title)} ${what}`];
  const ended = isListed ? null : await (await import("../content/sponsoring.ts")).endUnlisted(context, torrent);
  if (ended !== null) lines.push(ended.text);
  else if (before.isSponsored && !isListed) lines.push(ENDED_ELSEWHERE);
  output.event("done", { ...torrent, isListed, sponsorship: ended?.fields ?? null }, lines.join("\n"));
}

function textsBefore({ title, listing }: TorrentDetail): Omit<SignedListing, "signedAt" | "signature"> {
  const { description = "", tags = [], licence = "", replaces = null } = listing ?? {};
  return { title, description, tags, licence, replaces };
}

async function published(context: CommandContext): Promise<void> {
  const { openAccount } = await import("../../client/account/account.ts");
  const { output, signal } = context;
  const { client, network } = await openAccount(await openHome(context), "login", signal);
  const { token } = network.info;
  const { contents, cursor } = await client.published(null, signal);
  if (contents.length === 0) {
    output.event("done", { contents, hasMore: false }, "You have published nothing yet: `floodgate publish`");
    return;
  }
  const rows = contents.map((one) => [
    one.infoHash,
    `${printable(one.title)}${one.isListed ? "" : " (unlisted)"}`,
    String(one.payers),
    formatBytes(Number(one.bytes)),
    formatMoney(one.revenue, token),
    formatMoney(one.earned, token),
    one.sharePercent === 0 ? "-" : `${formatMoney(one.shared, token)} (${one.sharePercent} %)`,
  ]);
  const table = await formatTable(
    ["id", "title", ">payers", ">sold", ">paid for it", ">of it to you", ">as your share"],
    rows,
  );
  const more = cursor === null ? "" : `\nOnly the newest ${contents.length} are shown.`;
  output.event("done", { contents, hasMore: cursor !== null }, `${table}${more}`);
}
