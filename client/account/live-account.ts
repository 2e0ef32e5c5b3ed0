import { ChainError, NetworkError } from "../../protocol/base/errors.ts";
import type { PeerIdentity } from "../identity.ts";
import { identityOf, type Session } from "../wallet/session.ts";
import { type Need, sessionLeftSec } from "./account.ts";
import type { Account } from "./opened-account.ts";

/**
 * An account whose session is renewed while its peer runs. The session key stays the same, so no
 * connection ends and no lane is lost: only the tokens are new.
 */
export interface LiveAccount {
  readonly network: Account["network"];
  /** Carries the newest access token. */
  readonly client: Account["client"];
  /** Its tokens are always the newest. */
  readonly identity: PeerIdentity;
  /**
   * From now on the session must be good for this, too.
   * @throws as `openAccount`
   */
  require(need: Need): Promise<void>;
  stop(): void;
}

export interface RenewalOptions {
  /** As `openAccount`. */
  readonly open: (need: Need) => Promise<Account>;
  readonly need: Need;
  readonly signal: AbortSignal;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** The authority or the chain is away: it is tried again. */
  readonly onProblem: (error: Error) => void;
  /** It cannot be renewed: the wallet does not open, or is another one. */
  readonly onFailed: (error: unknown) => void;
}

const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;
/** Longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function keepAccountLive(first: Account, options: RenewalOptions): LiveAccount {
  const { open, signal, setTimer, onProblem, onFailed } = options;
  let { session, network } = first;
  let need = options.need;
  let retryMs = FIRST_RETRY_MS;
  let isStopped = false;
  let cancel: () => void = () => undefined;
  let renewing: Promise<void> | null = null;

  const renew = (): Promise<void> => {
    renewing ??= open(need)
      .then((renewed) => {
        ({ session, network } = renewed);
        retryMs = FIRST_RETRY_MS;
      })
      .finally(() => {
        renewing = null;
        plan(1_000 * sessionLeftSec(session, network, need));
      });
    return renewing;
  };
  const renewInTime = async (): Promise<void> => {
    try {
      await renew();
    } catch (error) {
      if (isStopped || signal.aborted) return;
      if (!(error instanceof NetworkError || error instanceof ChainError)) return onFailed(error);
      onProblem(error);
      plan(retryMs);
      retryMs = Math.min(MAX_RETRY_MS, 2 * retryMs);
    }
  };
  const plan = (ms: number): void => {
    cancel();
    if (!isStopped) cancel = setTimer(() => void renewInTime(), Math.min(MAX_TIMER_MS, ms));
  };

  const identity = liveIdentity(() => session);
  plan(1_000 * sessionLeftSec(session, network, need));
  return {
    network: first.network,
    client: first.client.withSession(identity),
    identity,
    async require(wanted) {
      const before = need;
      if (before === wanted || before === "spend") return;
      need = wanted;
      try {
        // One that is under way may be for less.
        await renewing?.catch(() => undefined);
        await renew();
      } catch (error) {
        need = before;
        plan(1_000 * sessionLeftSec(session, network, need));
        throw error;
      }
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

function liveIdentity(read: () => Session): PeerIdentity {
  return {
    ...identityOf(read()),
    get accessToken() {
      return read().accessToken;
    },
    get announceToken() {
      return read().announceToken;
    },
  };
}
