import type { Amount } from "../protocol/base/units.ts";
import { type Need, openAccount } from "./account/account.ts";
import type { AccountHome } from "./account/home.ts";
import { keepAccountLive, type LiveAccount } from "./account/live-account.ts";
import type { OpenNetwork } from "./account/network.ts";
import type { Account } from "./account/opened-account.ts";
import { unlockOnce } from "./account/unlock-once.ts";
import type { PaymentTotals } from "./exchange.ts";
import { createPeer, type Peer, type PeerOptions } from "./peer.ts";
import type { PeerStore } from "./store/peer-store.ts";

/**
 * For paying the rest and bringing the last vouchers to the authority, and once more for leaving
 * the swarm.
 */
const STOP_MS = 7_000;
export interface RunPeerOptions extends Pick<PeerOptions, "listen" | "log"> {
  readonly home: AccountHome;
  /** Opens the store of this home. */
  readonly openStore: () => PeerStore;
  /** What the session must be good for. */
  readonly need: Need;
  /** Bytes a second; null: no limit. */
  readonly uploadLimit: number | null;
  /** Most that this run may promise, base units; null: no limit but the deposit and the session. */
  readonly maxSpend: Amount | null;
  /** What the owner of this home has set, once its store is open. */
  readonly settings?: (store: PeerStore) => Pick<PeerOptions, "spending" | "minPrice" | "onTraffic">;
  /** Asked about the account while its peer starts; `work` waits for it. */
  readonly check: ((account: Account) => Promise<void>) | null;
  /** Ends the run in order. */
  readonly signal: AbortSignal;
}

/** One peer at work. */
export interface PeerRun {
  readonly peer: Peer;
  readonly account: LiveAccount;
  readonly store: PeerStore;
  totals(): PaymentTotals;
  /** Ends the run: `runPeer` rejects with this error. */
  fail(error: Error): void;
  /** Resolves when `signal` fires. */
  readonly stopped: Promise<void>;
  /** `callback` runs when the peer has stopped in order. */
  afterStop(callback: () => void): void;
}

type Work = (run: PeerRun) => Promise<unknown>;

/**
 * Runs `work` with a peer of the account, whose session is renewed in time, until `work` is done.
 * The peer is stopped in order, whatever happens, unless it must do nothing more with money.
 * `opened` is what `openNetwork` returned.
 * @throws as `openAccount`, `createPeer`, `check` and `work`; {FloodgateError} STORE_FAILED
 */
export async function runPeer(options: RunPeerOptions, opened: OpenNetwork, work: Work): Promise<void> {
  const { need, maxSpend, check, signal, log, listen, uploadLimit } = options;
  const home = unlockOnce(options.home);
  const account = await openAccount(home, need, signal, opened);
  const failed = Promise.withResolvers<never>();
  // It may come when nothing awaits it any more.
  failed.promise.catch(() => undefined);
  const live = keepAccountLive(account, {
    open: (wanted) => openAccount(home, wanted, signal),
    need,
    signal,
    setTimer: startTimer,
    onProblem: (error) => log(`the session is not renewed yet: ${error.message}`),
    onFailed: failed.reject,
  });
  let isBroken = false;
  const cleanups = [live.stop];
  let store: PeerStore | null = null;
  let peer: Peer | null = null;
  try {
    store = options.openStore();
    const checked = check?.(account);
    checked?.catch(() => undefined);
    const running = await createPeer({
      identity: live.identity,
      network: live.network,
      store,
      authority: live.client,
      listen,
      uploadLimit,
      maxSpend,
      ...options.settings?.(store),
      log,
      onFatal(error) {
        isBroken = true;
        failed.reject(error);
      },
    });
    peer = running;
    await checked;
    const working = work({
      peer: running,
      account: live,
      store,
      totals: () => running.totals(),
      fail: failed.reject,
      stopped: untilAborted(signal, cleanups),
      afterStop: (callback) => void cleanups.push(callback),
    });
    await Promise.race([working, failed.promise]);
  } finally {
    live.stop();
    // After a broken rule or a failed store nothing may be signed: the next run continues from what
    // was stored.
    if (!isBroken) {
      if (peer) await Promise.race([peer.stop(STOP_MS), failed.promise.catch(() => undefined)]);
      for (const cleanup of cleanups) cleanup();
      store?.close();
    }
  }
}

function startTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

function untilAborted(signal: AbortSignal, cleanups: (() => void)[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop, { once: true });
  cleanups.push(() => signal.removeEventListener("abort", stop));
  if (signal.aborted) stop();
  return promise;
}
