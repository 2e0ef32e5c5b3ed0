import { MAX_NUMWANT } from "../../../protocol/base/constants.ts";
import { AccessError, type FloodgateError, NetworkError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import type { DialRule } from "../../dial-rule.ts";
import { readBounded } from "../../read-bounded.ts";
import { type AnnounceEvent, type AnnounceQuery, decodeAnnounceReply, encodeAnnounceUrl } from "./announce-codec.ts";

/**
 * Once a second on the whole, and no more than so many times in as many seconds. A fast download
 * uses up its first lanes within one second, and stands still until the next ones are there.
 */
const MIN_GAP_MS = 1_000;
const BURST = 8;
const DEFAULT_INTERVAL_SEC = 120;
const MIN_INTERVAL_SEC = 5;
const MAX_INTERVAL_SEC = 3_600;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;
/** A tracker that was away is full again within ten seconds. */
const MAX_UNREACHABLE_RETRY_MS = 8_000;
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_REPLY_BYTES = 1024 * 1024;

export interface AnnouncerOptions {
  readonly trackerUrl: string;
  readonly dialing: DialRule;
  readonly userAgent: string;
  /** Everything of the query but the event; called when the announce goes out. */
  readonly query: (event: AnnounceEvent) => Omit<AnnounceQuery, "event" | "numwant">;
  /** Those that may be dialed. */
  readonly onPeers: (peers: readonly string[]) => void;
  readonly onGrant: (text: string) => void;
  /**
   * The tracker refused (AccessError TRACKER_REFUSED), or cannot be reached (NetworkError
   * TRACKER_UNREACHABLE). It is asked again.
   */
  readonly onProblem: (error: FloodgateError) => void;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Announces one torrent to the authority's tracker over HTTP. bittorrent-tracker's client is of no
 * use here. A reset in the middle of a reply ends the process there, and replies are unbounded. A
 * failure reason looks like a failed connection. Its extra fields cannot depend on the event,
 * though a peer that leaves must not reserve allotments.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #aborter = new AbortController();
  #isStarted = false;
  #isStopped = false;
  #isBusy = false;
  #isWanted = false;
  #hasCompleted = false;
  #isSpread = false;
  #retryMs = FIRST_RETRY_MS;
  /** Times of the last announces, at most BURST. */
  readonly #sentAtMs: number[] = [];
  #cancelTimer: (() => void) | null = null;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#send();
  }

  /** The last piece is on disk. */
  complete(): void {
    this.#hasCompleted = true;
    this.again();
  }

  /**
   * Announces again: at once, unless there were eight announces in the last eight seconds. Calls
   * while one is under way are one announce.
   */
  again(): void {
    if (this.#isStopped) return;
    this.#isWanted = true;
    if (!this.#isBusy) this.#schedule(this.#gapMs());
  }

  /** Says nothing more: another announcer goes on. */
  halt(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#aborter.abort();
  }

  /** Says `stopped`, for at most `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#aborter.abort();
    if (!this.#isStarted) return;
    try {
      await this.#request("stopped", AbortSignal.timeout(deadlineMs));
    } catch (error) {
      this.#report(error);
    }
  }

  /** How long the next announce must wait at least. */
  #gapMs(): number {
    const [oldest] = this.#sentAtMs;
    if (oldest === undefined || this.#sentAtMs.length < BURST) return 0;
    return Math.max(0, oldest + BURST * MIN_GAP_MS - this.#options.now());
  }

  #schedule(ms: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.setTimer(() => void this.#send(), ms);
  }

  async #send(): Promise<void> {
    if (this.#isStopped || this.#isBusy) return;
    this.#isBusy = true;
    this.#isWanted = false;
    this.#sentAtMs.push(this.#options.now());
    if (this.#sentAtMs.length > BURST) this.#sentAtMs.shift();
    const isCompletion = this.#isStarted && this.#hasCompleted;
    let nextMs: number;
    let soonestMs = 0;
    try {
      const signal = AbortSignal.any([this.#aborter.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
      const event = this.#isStarted ? (isCompletion ? "completed" : "update") : "started";
      const { intervalMs, isAlone, isIdle } = await this.#request(event, signal);
      this.#isStarted = true;
      if (isCompletion) this.#hasCompleted = false;
      if (!isAlone) this.#retryMs = FIRST_RETRY_MS;
      nextMs = isAlone ? this.#backOff(intervalMs) : isIdle ? this.#spread(event, intervalMs) : intervalMs;
    } catch (error) {
      nextMs = this.#backOff(error instanceof AccessError ? MAX_RETRY_MS : MAX_UNREACHABLE_RETRY_MS);
      soonestMs = MIN_GAP_MS;
      if (!this.#isStopped) this.#report(error);
    }
    this.#isBusy = false;
    if (this.#isStopped) return;
    const isUrgent = this.#isWanted || (this.#isStarted && this.#hasCompleted);
    this.#schedule(isUrgent ? Math.max(soonestMs, this.#gapMs()) : nextMs);
  }

  /**
   * Once, a seeder comes back at any time within its interval: the contents of a peer start
   * together, and would ask together ever after.
   */
  #spread(event: AnnounceEvent, intervalMs: number): number {
    if (this.#isSpread || event === "started") return intervalMs;
    this.#isSpread = true;
    return Math.max(1_000 * MIN_INTERVAL_SEC, Math.round(this.#options.random() * intervalMs));
  }

  #backOff(mostMs: number): number {
    const ms = Math.min(mostMs, this.#retryMs);
    this.#retryMs = 2 * ms;
    return ms;
  }

  /**
   * @returns when the tracker wants the next announce; `isAlone` for a download without peers,
   * which may ask sooner (BEP 3): its seller may have come a second later; `isIdle` for a seeder
   */
  async #request(
    event: AnnounceEvent,
    signal: AbortSignal,
  ): Promise<{ intervalMs: number; isAlone: boolean; isIdle: boolean }> {
    const { trackerUrl, dialing, userAgent, query, onGrant, onPeers } = this.#options;
    const asked = { ...query(event), event, numwant: event === "stopped" ? 0 : MAX_NUMWANT };
    const response = await fetch(encodeAnnounceUrl(trackerUrl, asked), {
      signal,
      // The query holds the announce token: it must not follow a redirect elsewhere.
      redirect: "error",
      headers: { "user-agent": userAgent },
    });
    const body = await readBounded(response, MAX_REPLY_BYTES);
    if (body === null) throw new NetworkError("TRACKER_UNREACHABLE", "the tracker's answer is too long");
    const reply = decodeAnnounceReply(body);
    if (!reply)
      throw new NetworkError(
        "TRACKER_UNREACHABLE",
        `the tracker's answer (HTTP ${response.status}) is not an announce reply: check its URL`,
      );
    if (reply.type === "failure") {
      throw new AccessError("TRACKER_REFUSED", `the tracker refuses this peer: ${printable(reply.reason)}`);
    }
    await dialing.refresh();
    const peers = reply.peers.filter(({ host }) => dialing.allows(host)).map(({ host, port }) => addressOf(host, port));
    if (!this.#isStopped) {
      if (reply.grant !== null) onGrant(reply.grant);
      onPeers(peers);
    }
    const intervalSec = Math.max(MIN_INTERVAL_SEC, reply.intervalSec ?? DEFAULT_INTERVAL_SEC);
    return {
      intervalMs: 1_000 * Math.min(MAX_INTERVAL_SEC, intervalSec),
      isAlone: asked.left > 0 && peers.length === 0,
      isIdle: asked.left === 0,
    };
  }

  #report(error: unknown): void {
    this.#options.onProblem(problemOf(error, this.#options.trackerUrl));
  }
}

/** As webtorrent reads it. */
function addressOf(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function problemOf(error: unknown, trackerUrl: string): FloodgateError {
  if (error instanceof NetworkError || error instanceof AccessError) return error;
  const { origin } = new URL(trackerUrl);
  return new NetworkError("TRACKER_UNREACHABLE", `no answer from the tracker at ${origin}: is it running?`, {
    cause: error,
  });
}
