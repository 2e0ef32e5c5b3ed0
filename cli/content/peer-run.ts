import type { PaymentTotals } from "../../client/exchange.ts";
import { tolerateGarbage } from "../../client/heap-growth.ts";
import { createPeer, type Peer } from "../../client/peer.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import type { Content, ContentEvent } from "../../client/torrent/content/content.ts";
import { identityOf } from "../../client/wallet/session.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import { type Account, type Need, openAccount, sessionLeftSec } from "../account/account.ts";
import type { OpenNetwork } from "../account/network-file.ts";
import { addTotals, NO_TOTALS, type ProgressLine, startProgress } from "../progress.ts";
import type { Context } from "../runtime.ts";

/** For paying the rest and bringing the last vouchers to the authority, and once more for leaving the swarm. */
const STOP_MS = 7_000;
/** Longest that a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface PeerRunOptions {
  readonly torrent: TorrentReply;
  readonly need: Need;
  readonly host: string;
  readonly torrentPort: number;
  readonly voucherPort: number;
  /** KiB per second; absent: no limit. */
  readonly uploadLimit?: number;
  readonly maxSpend: Amount | null;
  /** Asked about each account that is opened, while its peer starts; `work` waits for it. */
  readonly check: ((account: Account) => Promise<void>) | null;
}

/** One peer at work, under one session. */
export interface PeerRun {
  readonly peer: Peer;
  readonly account: Account;
  readonly onEvent: (event: ContentEvent) => void;
  /** Shows the content's progress until the peer has stopped; returns what a line of it holds now. */
  watch(content: Content): () => ProgressLine;
  /** Resolves at Ctrl-C, or shortly before the session ends: another run takes over then. */
  readonly stopped: Promise<void>;
}

/**
 * Runs `work` with a peer in the account's home, again with a renewed session when one ends, until `work` says `done`
 * or Ctrl-C comes. Each peer is stopped in order, whatever happens, unless it must do nothing more with money.
 */
export async function runPeer(
  context: Context,
  opened: OpenNetwork,
  options: PeerRunOptions,
  work: (run: PeerRun) => Promise<"done" | "stopped">,
): Promise<void> {
  tolerateGarbage();
  let account = await openAccount(context, options.need, opened);
  let before = NO_TOTALS;
  for (;;) {
    const { outcome, totals } = await runOnce(context, account, options, before, work);
    if (outcome === "done" || context.signal.aborted) return;
    before = totals();
    account = await openAccount(context, options.need);
  }
}

async function runOnce(
  context: Context,
  account: Account,
  options: PeerRunOptions,
  before: PaymentTotals,
  work: (run: PeerRun) => Promise<"done" | "stopped">,
): Promise<{ outcome: "done" | "stopped"; totals: () => PaymentTotals }> {
  const { home, output } = context;
  const { client, network, session } = account;
  const warn = (message: string): void => output.event("warning", { message }, message);
  const failed = Promise.withResolvers<never>();
  // It may come when nobody waits for it any more.
  failed.promise.catch(() => undefined);
  let isBroken = false;
  const cleanups: (() => void)[] = [];
  const store = openPeerStore(home);
  let peer: Peer | null = null;
  const totals = (): PaymentTotals => (peer ? addTotals(before, peer.totals()) : before);
  try {
    const checked = options.check?.(account);
    checked?.catch(() => undefined);
    const running = await createPeer({
      identity: identityOf(session),
      network,
      store,
      authority: client,
      listen: { host: options.host, torrentPort: options.torrentPort, libp2pPort: options.voucherPort },
      uploadLimit: options.uploadLimit === undefined ? null : options.uploadLimit * 1024,
      maxSpend: options.maxSpend === null ? null : options.maxSpend - before.paid,
      log: warn,
      onFatal(error) {
        isBroken = true;
        failed.reject(error);
      },
    });
    peer = running;
    await checked;
    const stop = stopSignal(context.signal, sessionLeftSec(session, network, options.need));
    cleanups.push(stop.cancel);
    const working = work({
      peer: running,
      account,
      stopped: stop.promise,
      onEvent(event) {
        if (event.type === "piece-failed")
          warn(`piece ${event.piece} came with a wrong hash: it is asked of another peer`);
        if (event.type === "tracker-problem") warn(event.error.message);
        if (event.type === "failed") failed.reject(event.error);
      },
      watch(content) {
        const progress = startProgress(output, network.info.token, options.torrent, content, totals);
        cleanups.push(progress.stop);
        return progress.read;
      },
    });
    const outcome = await Promise.race([working, failed.promise]);
    return { outcome, totals };
  } finally {
    // After a broken rule or a failed store nothing may be signed: the next run continues from what was stored.
    if (!isBroken) {
      if (peer) await Promise.race([peer.stop(STOP_MS), failed.promise.catch(() => undefined)]);
      for (const cleanup of cleanups) cleanup();
      store.close();
    }
  }
}

function stopSignal(signal: AbortSignal, leftSec: number): { promise: Promise<void>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  const timer = setTimeout(stop, Math.min(MAX_TIMER_MS, 1_000 * leftSec));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return {
    promise,
    cancel() {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    },
  };
}
