import type { Need } from "../../client/account/account.ts";
import type { AccountHome } from "../../client/account/home.ts";
import type { OpenNetwork } from "../../client/account/network.ts";
import type { Offer } from "../../client/account/offer.ts";
import type { Account } from "../../client/account/opened-account.ts";
import { unlockOnce } from "../../client/account/unlock-once.ts";
import { tolerateGarbage } from "../../client/heap-growth.ts";
import { type PeerRun, type RunPeerOptions, runPeer } from "../../client/run-peer.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import type { Content, ContentEvent } from "../../client/torrent/content/content.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { ListenOptions } from "../listening.ts";
import { type ProgressLine, startProgress } from "../progress.ts";
import { type CommandContext, openHome } from "../runtime.ts";
import { createWarnOnce } from "./warn-once.ts";

export interface ContentRunOptions extends ListenOptions {
  readonly need: Need;
  /** It runs until somebody stops it. */
  readonly isLong: boolean;
  readonly maxSpend: Amount | null;
  readonly check: ((account: Account) => Promise<void>) | null;
  readonly settings?: RunPeerOptions["settings"];
  /** In place of the command line's own home. */
  readonly ticket?: AccountHome;
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
  const { host, torrentPort, voucherPort, uploadLimit, need, isLong, maxSpend, check } = options;
  const warn = createWarnOnce((message) => output.event("warning", { message }, message));
  const home = unlockOnce(options.ticket ?? (await openHome(context)));
  if (isLong) await prepareRenewal(context, home, opened, warn);
  const runOptions = {
    home,
    openStore: () => openPeerStore(context.home),
    need,
    listen: { host, torrentPort, libp2pPort: voucherPort },
    uploadLimit: uploadLimit === undefined ? null : uploadLimit * 1024,
    maxSpend,
    check,
    ...(options.settings ? { settings: options.settings } : {}),
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
        if (event.type === "tracker-answered") warn.forget();
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

/**
 * A session ends after an hour, and only the wallet renews it. A person types the passphrase now,
 * rather than in the middle of the night; a program that gives none hears when it will stop.
 */
async function prepareRenewal(
  { passphrase }: CommandContext,
  home: AccountHome,
  { network }: OpenNetwork,
  warn: (message: string) => void,
): Promise<void> {
  if (passphrase.file !== undefined || passphrase.environment !== undefined) return;
  if (passphrase.prompt) {
    await home.unlock();
    return;
  }
  const session = await home.session.read();
  const minutes = Math.max(0, Math.floor(((session?.accessExpiresAt ?? 0) - network.info.now) / 60));
  warn(
    `this stops in ${minutes} minutes, when the session ends: give --passphrase-file or FLOODGATE_PASSPHRASE, and it goes on`,
  );
}
