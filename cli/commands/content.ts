import type { Command } from "commander";
import { InputError } from "../../protocol/base/errors.ts";
import { amountArgument, contentIdArgument, hostArgument, portArgument, wholeNumber } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime, withPassphrase } from "../runtime.ts";

/** 1 TiB/s. */
const MAX_KIB = 2 ** 30;

interface PublishOptions extends CommonOptions {
  readonly price: string;
  readonly title?: string;
}

export interface ListenOptions {
  readonly host: string;
  readonly torrentPort: number;
  readonly voucherPort: number;
  /** KiB per second. */
  readonly uploadLimit?: number;
}

interface GetOptions extends CommonOptions, ListenOptions {
  readonly out: string;
  readonly seed?: boolean;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
  readonly stream?: boolean;
  readonly streamPort?: number;
  readonly streamFile?: string;
}

interface SeedOptions extends CommonOptions, ListenOptions {
  readonly file: string;
}

/** Commands about content. */
export function addContentCommands(program: Command, runtime: Runtime): void {
  withPassphrase(
    addCommand(program, "publish", "offer a file: its torrent goes to the authority's repository", [
      "publish film.mp4 --price 0.01",
      "publish talk.mp4 --price 0    # free: any BitTorrent client may have it",
    ]),
  )
    .argument("<file>", "the file")
    .option("--price <amount>", "price per GiB", amountArgument, "0.01")
    .option("--title <text>", "title in the repository (default: the file's name)")
    .action(async (file: string, options: PublishOptions) => {
      const context = contextOf(runtime, options);
      const { publish } = await import("../content/repository.ts");
      await publish(context, file, options);
    });

  addCommand(program, "search", "look for content in the authority's repository", ["search film", "search"])
    .argument("[text]", "part of the title; all content without it", "")
    .action(async (text: string, options: CommonOptions) => {
      const context = contextOf(runtime, options);
      const { search } = await import("../content/repository.ts");
      await search(context, text);
    });

  withListening(
    withPassphrase(
      addCommand(program, "get", "download content and pay for it; run it again to resume", [
        "get 0123456789abcdef0123456789abcdef01234567 --out ~/Downloads",
        "get 0123456789abcdef0123456789abcdef01234567 --out ~/Downloads --seed --max-spend 0.50",
        "get 0123456789abcdef0123456789abcdef01234567 --out ~/Downloads --stream    # prints a URL for mpv, vlc or a browser",
      ]),
    ),
  )
    .argument("<id>", "infohash, as `floodgate search` shows it", contentIdArgument)
    .requiredOption("--out <directory>", "where the file goes")
    .option("--seed", "go on seeding, and earning, until Ctrl-C")
    .option("--max-price <amount>", "refuse content that costs more per GiB", amountArgument)
    .option("--max-spend <amount>", "most that this run may spend", amountArgument)
    .option(
      "--stream",
      "download in order, and play: prints a URL of this machine once the first bytes are there; it is good until Ctrl-C, also when the download is complete (without --seed, nothing is uploaded after that)",
    )
    .option("--stream-port <port>", "TCP port of that URL (default: any free one)", portArgument)
    .option("--stream-file <path>", "file of the content to play (default: the largest video or audio)")
    .action(async (id: string, options: GetOptions) => {
      if (!options.stream && (options.streamPort !== undefined || options.streamFile !== undefined))
        throw new InputError("OPTIONS_INCOMPLETE", "--stream-port and --stream-file need --stream: add it");
      const context = contextOf(runtime, options);
      const { askForOffer } = await import("../content/offer.ts");
      const { offer } = await askForOffer(context, id);
      const { get } = await import("../content/download.ts");
      await get(context, offer, options);
    });

  withListening(
    withPassphrase(
      addCommand(program, "seed", "serve a file that is published, and earn, until Ctrl-C", [
        "seed 0123456789abcdef0123456789abcdef01234567 --file film.mp4",
      ]),
    ),
  )
    .argument("<id>", "infohash, as `floodgate search` shows it", contentIdArgument)
    .requiredOption("--file <file>", "the file")
    .action(async (id: string, options: SeedOptions) => {
      const context = contextOf(runtime, options);
      const { askForOffer } = await import("../content/offer.ts");
      const { offer } = await askForOffer(context, id);
      const { seed } = await import("../content/download.ts");
      await seed(context, offer, options);
    });
}

function withListening(command: Command): Command {
  return command
    .option("--host <address>", "IP address to listen on, which other peers can reach", hostArgument, "127.0.0.1")
    .option("--torrent-port <port>", "TCP port for BitTorrent, 0 for any free one", portArgument, 0)
    .option("--voucher-port <port>", "TCP port for vouchers, 0 for any free one", portArgument, 0)
    .option(
      "--upload-limit <KiB/s>",
      "most that is uploaded, in KiB per second (default: no limit)",
      wholeNumber(16, MAX_KIB),
    );
}
