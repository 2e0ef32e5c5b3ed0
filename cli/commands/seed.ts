import { resolve } from "node:path";
import type { Command } from "commander";
import { printable } from "../../protocol/base/text.ts";
import { contentIdArgument } from "../arguments.ts";
import { findRunningPeer } from "../content/running-peer.ts";
import { type ListenOptions, withListening } from "../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface SeedOptions extends CommonOptions, ListenOptions {
  readonly file: string;
}

export function addSeedCommand(program: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(program, "seed", "serve what is published, and earn, until Ctrl-C", [
        "seed 0123456789abcdef0123456789abcdef01234567 --file film.mp4",
      ]),
    ),
  )
    .argument("<id>", "infohash, as `floodgate search` shows it", contentIdArgument)
    .requiredOption("--file <path>", "the file, or the folder")
    .action((id: string, options: SeedOptions) => seed(contextOf(runtime, options), id, options));
}

/**
 * Serves until Ctrl-C.
 * @throws {InputError} FILE_MISMATCH, FILE_UNREADABLE; {AccessError} TORRENT_UNKNOWN
 */
async function seed(context: CommandContext, id: string, options: SeedOptions): Promise<void> {
  const peer = await findRunningPeer(context);
  if (peer) {
    const { seedByPeer } = await import("../content/by-peer.ts");
    return seedByPeer(context, peer, id, options.file);
  }
  const { askForOffer } = await import("../../client/account/offer.ts");
  const { offer: asked } = await askForOffer(await openHome(context), id, context.signal);
  // A peer's modules are loaded while the answer is on its way.
  const [{ runContent }, { findPublished }] = await Promise.all([
    import("../content/content-run.ts"),
    import("../../client/contents/published.ts"),
  ]);
  const offer = await asked;
  const { torrent, metainfo } = offer;
  const { infoHash, sharePercent } = torrent;
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  const path = resolve(options.file);
  const runOptions = { ...options, need: "serve", isLong: true, maxSpend: null, check: null } as const;
  await runContent(context, offer, runOptions, async (run) => {
    const { torrentPort, libp2pPort } = run.peer;
    const known = await findPublished(context.home, { infoHash, metainfo }, path);
    const terms = { pricePerGiB, sharePercent, onEvent: run.onEvent };
    const content = await run.peer.seed({ metainfo, infoHash, path, known, ...terms });
    const text = `seeding ${printable(torrent.title)} (stop with Ctrl-C)`;
    context.output.event("ready", { infoHash, torrentPort, libp2pPort }, text);
    run.watch(content);
    await run.stopped;
    return "stopped";
  });
}
