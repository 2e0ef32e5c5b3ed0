import type { Need } from "../../client/account/account.ts";
import type { Offer } from "../../client/account/offer.ts";
import type { Account } from "../../client/account/opened-account.ts";
import { tolerateGarbage } from "../../client/heap-growth.ts";
import { type PeerRun, runPeer } from "../../client/run-peer.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import type { Content, ContentEvent } from "../../client/torrent/content/content.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { ListenOptions } from "../listening.ts";
import { type ProgressLine, startProgress } from "../progress.ts";
import { type CommandContext, openHome } from "../runtime.ts";

export interface ContentRunOptions extends ListenOptions {
  readonly need: Need;
  readonly maxSpend: Amount | null;
  readonly check: ((account: Account) => Promise<void>) | null;
}

/** A peer at work on one content, whose events and progress are printed. */
export interface ContentRun extends PeerRun {
  readonly onEvent: (event: ContentEvent) => void;
  /**
   * Shows the content's progress until the peer has stopped; returns what a line of it holds now.
   */
  watch(content: Content): () => ProgressLine;
}

/** `runPeer` of this command line's home, for what is offered. */
export async function runContent(
  context: CommandContext,
  { opened, torrent }: Offer,
  options: ContentRunOptions,
  work: (run: ContentRun) => Promise<"done" | "stopped">,
): Promise<void> {
  tolerateGarbage();
  const { output, signal } = context;
  const { host, torrentPort, voucherPort, uploadLimit, need, maxSpend, check } = options;
  const warn = (message: string): void => output.event("warning", { message }, message);
  const runOptions = {
    home: await openHome(context),
    openStore: () => openPeerStore(context.home),
    need,
    listen: { host, torrentPort, libp2pPort: voucherPort },
    uploadLimit: uploadLimit === undefined ? null : uploadLimit * 1024,
    maxSpend,
    check,
    log: warn,
    signal,
  };
  await runPeer(runOptions, opened, (run) =>
    work({
      ...run,
      onEvent(event) {
        if (event.type === "piece-failed") warn(`piece ${event.piece} had a wrong hash: another peer is asked for it`);
        if (event.type === "piece-lost") warn(`${event.error.message} (${event.error.code})`);
        if (event.type === "tracker-problem") warn(event.error.message);
        if (event.type === "failed") run.fail(event.error);
      },
      watch(content) {
        const progress = startProgress(output, opened.network.info.token, torrent, content, run.totals);
        run.afterStop(progress.stop);
        return progress.read;
      },
    }),
  );
}
