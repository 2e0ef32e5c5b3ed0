import type { Command } from "commander";
import { InputError } from "../../protocol/base/errors.ts";
import {
  amountArgument,
  contentIdArgument,
  patternArgument,
  portArgument,
  urlArgument,
  wholeNumber,
} from "../arguments.ts";
import { checkCacheOptions, withCache } from "../content/cache-options.ts";
import type { GetOptions } from "../content/download.ts";
import { findRunningPeer } from "../content/running-peer.ts";
import { withListening } from "../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

const FILES =
  "only files that match, and are paid; may be given several times. A pattern without / is for names, one with / for paths in the folder";
const ID = "0123456789abcdef0123456789abcdef01234567";

export function addGetCommand(program: Command, runtime: Runtime): void {
  const command = withListening(
    withPassphrase(
      addCommand(program, "get", "download content and pay for it; run it again to resume", [
        `get ${ID} --out ~/Downloads`,
        `get ${ID} --out ~/Downloads --seed --max-spend 0.50`,
        `get ${ID} --out ~/Cache --cache 0.50 --stop-loss 0.05    # buys what it expects to sell`,
        `get ${ID} --out ~/Downloads --files '*.srt' --files 'Season 2/*'`,
        `get ${ID} --out ~/Downloads --sponsored --authority http://127.0.0.1:8600    # its sponsor pays`,
        `get ${ID} --out ~/Downloads --stream    # prints a URL for mpv, vlc or a browser`,
      ]),
    ),
  )
    .argument("<id>", "infohash, as `floodgate search` shows it", contentIdArgument)
    .requiredOption("--out <directory>", "where the file goes; until it is complete, its name ends in .part")
    .option("--files <pattern>", FILES, patternArgument)
    .option("--reuse <path>", "file or folder with the version before: what has not changed is not bought again")
    .option("--sponsored", "let the content's sponsor pay: it needs no wallet, no deposit, and no account")
    .option("--authority <url>", "address of the authority's API, for --sponsored in a new home", urlArgument)
    .option("--seed", "go on seeding, and earning, until Ctrl-C")
    .option("--max-price <amount>", "refuse content that costs more per GiB", amountArgument)
    .option("--max-spend <amount>", "most that this run may spend", amountArgument)
    .option("--yes", "do not ask, on a terminal, before a tenth of the account's money or more is spent")
    .option(
      "--wait <seconds>",
      "end when nobody has sold anything for so long (default: 60 without a terminal, else never)",
      wholeNumber(5, 2 ** 31),
    )
    .option(
      "--stream",
      "download in order, and play: prints a URL of this machine once the first bytes are there; it is good until Ctrl-C, also when the download is complete (without --seed, nothing is uploaded after that)",
    )
    .option("--stream-port <port>", "TCP port of that URL (default: any free one)", portArgument)
    .option("--stream-file <path>", "file of the content to play (default: the largest video or audio)");
  withCache(command).action((id: string, options: CommonOptions & GetOptions) =>
    download(contextOf(runtime, options), id, options),
  );
}

/** @throws {InputError} OPTIONS_INCOMPLETE, OPTIONS_CONFLICT; and as `get` of cli/content */
async function download(context: CommandContext, id: string, options: GetOptions): Promise<void> {
  if (!options.stream && (options.streamPort !== undefined || options.streamFile !== undefined))
    throw new InputError("OPTIONS_INCOMPLETE", "--stream-port and --stream-file need --stream: add it");
  const { stream, maxSpend, reuse } = options;
  checkCacheOptions(options, { "--stream": stream, "--max-spend": maxSpend, "--reuse": reuse });
  if (options.sponsored) {
    if (options.seed || options.cache !== undefined)
      throw new InputError("OPTIONS_CONFLICT", "a sponsor pays for a download only: leave --seed and --cache out");
    // A home of its own has its own authority, and no peer.
    const running = options.authority === undefined ? await findRunningPeer(context) : null;
    if (running) return (await import("../content/by-peer.ts")).getByPeer(context, running, id, options);
    const { getSponsored } = await import("../content/sponsored.ts");
    return getSponsored(context, id, options);
  }
  if (options.authority !== undefined)
    throw new InputError("OPTIONS_INCOMPLETE", "--authority is for --sponsored: add it, or leave it out");
  const peer = await findRunningPeer(context);
  if (peer) {
    const { getByPeer } = await import("../content/by-peer.ts");
    return getByPeer(context, peer, id, options);
  }
  const { askForOffer } = await import("../../client/account/offer.ts");
  const { offer } = await askForOffer(await openHome(context), id, context.signal);
  if (options.cache !== undefined) {
    const { cache } = await import("../content/cache.ts");
    return cache(context, await offer, options);
  }
  // A peer's modules are loaded while the answer is on its way.
  const { get } = await import("../content/download.ts");
  await get(context, offer, options);
}
