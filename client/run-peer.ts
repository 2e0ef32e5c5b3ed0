import type { Amount } from "../protocol/base/units.ts";
import { type Need, openAccount, sessionLeftSec } from "./account/account.ts";
import type { AccountHome } from "./account/home.ts";
import type { OpenNetwork } from "./account/network.ts";
import type { Account } from "./account/opened-account.ts";
import type { PaymentTotals } from "./exchange.ts";
import { createPeer, type Peer, type PeerOptions } from "./peer.ts";
import type { PeerStore } from "./store/peer-store.ts";
import { identityOf } from "./wallet/session.ts";

/**
 * For paying the rest and bringing the last vouchers to the authority, and once more for leaving
 * the swarm.
 */
const STOP_MS = 7_000;
/** Longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const NO_TOTALS: PaymentTotals = { bytesDown: 0, paid: 0n, bytesUp: 0, earned: 0n };

export interface RunPeerOptions extends Pick<PeerOptions, "listen" | "log"> {
  readonly home: AccountHome;
  /** Opens the store of this home: again for each session. */
  readonly openStore: () => PeerStore;
  /** What the session must be good for. */
  readonly need: Need;
  /** Bytes a second; null: no limit. */
  readonly uploadLimit: number | null;
  /**
   * Most that all runs together may promise, base units; null: no limit but the deposit and the
   * session.
   */
  readonly maxSpend: Amount | null;
  /** Asked about each account that is opened, while its peer starts; `work` waits for it. */
  readonly check: ((account: Account) => Promise<void>) | null;
  /** Ends the last run in order. */
  readonly signal: AbortSignal;
}

/** One peer at work, under one session. */
export interface PeerRun {
  readonly peer: Peer;
  readonly account: Account;
  /** Of this run and those before it. */
  totals(): PaymentTotals;
  /** Ends the run: `runPeer` rejects with this error. */
  fail(error: Error): void;
  /**
   * Resolves when `signal` fires, or shortly before the session ends: another run takes over then.
   */
  readonly stopped: Promise<void>;
  /** `callback` runs when the peer has stopped in order. */
  afterStop(callback: () => void): void;
}

type Work = (run: PeerRun) => Promise<"done" | "stopped">;

/**
 * Runs `work` with a peer of the account, again with a renewed session when one ends, until `work`
 * says `done` or `signal` fires. Each peer is stopped in order, whatever happens, unless it must do
 * nothing more with money. `opened` is what `openNetwork` returned.
 * @throws as `openAccount`, `createPeer`, `check` and `work`; {FloodgateError} STORE_FAILED
 */
export async function runPeer(options: RunPeerOptions, opened: OpenNetwork, work: Work): Promise<void> {
  const { home, need, signal } = options;
  let account = await openAccount(home, need, signal, opened);
  let before = NO_TOTALS;
  for (;;) {
    const { outcome, totals } = await runOnce(options, account, before, work);
    if (outcome === "done" || signal.aborted) return;
    before = totals();
    account = await openAccount(home, need, signal);
  }
}

async function runOnce(
  options: RunPeerOptions,
  account: Account,
  before: PaymentTotals,
  work: Work,
): Promise<{ outcome: "done" | "stopped"; totals: () => PaymentTotals }> {
  const { client, network, session } = account;
  const { need, maxSpend, check, signal, log, listen, uploadLimit } = options;
  const failed = Promise.withResolvers<never>();
  // It may come when nothing awaits it any more.
  failed.promise.catch(() => undefined);
  let isBroken = false;
  const cleanups: (() => void)[] = [];
  const store = options.openStore();
  let peer: Peer | null = null;
  const totals = (): PaymentTotals => (peer ? addTotals(before, peer.totals()) : before);
  try {
    const checked = check?.(account);
    checked?.catch(() => undefined);
    const running = await createPeer({
      identity: identityOf(session),
      network,
      store,
      authority: client,
      listen,
      uploadLimit,
      maxSpend: maxSpend === null ? null : maxSpend - before.paid,
      log,
      onFatal(error) {
        isBroken = true;
        failed.reject(error);
      },
    });
    peer = running;
    await checked;
    const stop = stopSignal(signal, sessionLeftSec(session, network, need));
    cleanups.push(stop.cancel);
    const working = work({
      peer: running,
      account,
      totals,
      fail: failed.reject,
      stopped: stop.promise,
      afterStop: (callback) => void cleanups.push(callback),
    });
    return { outcome: await Promise.race([working, failed.promise]), totals };
  } finally {
    // After a broken rule or a failed store nothing may be signed: the next run continues from what
    // was stored.
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

function addTotals(a: PaymentTotals, b: PaymentTotals): PaymentTotals {
  return {
    bytesDown: a.bytesDown + b.bytesDown,
    paid: a.paid + b.paid,
    bytesUp: a.bytesUp + b.bytesUp,
    earned: a.earned + b.earned,
  };
}
