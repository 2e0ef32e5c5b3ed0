import type { Command } from "commander";
import { parseAmount } from "../../protocol/base/units.ts";
import { amountArgument, contentIdArgument } from "../arguments.ts";
import { cardOption, readCard } from "../card.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";

interface SponsorOptions extends CommonOptions {
  readonly card?: string;
}

/** `sponsor`: pays for others' downloads of a content, which is often one's own. */
export function addSponsorCommand(program: Command, runtime: Runtime): void {
  withPassphrase(
    addCommand(program, "sponsor", "pay for others' downloads of a content, up to a budget", [
      `sponsor ${ID} 5 --card 4242424242424242`,
      `sponsor ${ID}      # what it has paid`,
      `sponsor ${ID} 0    # ends it, and takes the rest back`,
    ]),
  )
    .argument("<id>", "infohash, as `floodgate search` shows it", contentIdArgument)
    .argument("[budget]", "what it shall hold, like 5; 0 ends it; without it, tells what it has paid", amountArgument)
    .option("--card <number>", "card to charge for what the budget lacks; - asks for it", cardOption)
    .action((id: string, budget: string | undefined, options: SponsorOptions) =>
      sponsor(contextOf(runtime, options), id, budget ?? null, options.card ?? null),
    );
}

/** @throws {AccessError} TORRENT_UNKNOWN; and as `sponsorTorrent` */
async function sponsor(context: CommandContext, id: string, budget: string | null, card: string | null): Promise<void> {
  const [{ openNetwork }, { findOffer }, { sponsorTorrent }] = await Promise.all([
    import("../../client/account/network.ts"),
    import("../../client/account/offer.ts"),
    import("../content/sponsoring.ts"),
  ]);
  const { output, signal } = context;
  const opened = await openNetwork(await openHome(context), signal);
  const { torrent } = await findOffer(opened, id, signal);
  const { decimals } = opened.network.info.token;
  const amount = budget === null ? null : parseAmount(budget, decimals);
  const money = { budget: amount, card: card && (await readCard(context, card)) };
  const { fields, text } = await sponsorTorrent(context, torrent, money);
  output.event("done", fields, text);
}
