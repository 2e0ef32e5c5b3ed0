import { MAX_NUMWANT } from "../../../protocol/base/constants.ts";
import { AccessError, type FloodgateError, NetworkError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import { type AnnounceEvent, type AnnounceQuery, decodeAnnounceReply, encodeAnnounceUrl } from "./announce-codec.ts";

/**
 * Announces one torrent to T's tracker over HTTP. bittorrent-tracker's client is not used for it: a
 * reset in the middle of a reply ends the process there, replies are unbounded, a failure reason
 * cannot be told from a failed connection, and the extra fields cannot depend on the event (a peer
 * that leaves must not reserve allotments).
 */
export interface Announcer {
  start(): void;
  /** The last piece is on disk. */
  complete(): void;
  /** Announce again soon: at most one announce a second, the last wish is kept. */
  again(): void;
  /** Says `stopped`, at most for `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

const MIN_GAP_MS = 1_000;
const DEFAULT_INTERVAL_SEC = 120;
const MIN_INTERVAL_SEC = 5;
const MAX_INTERVAL_SEC = 3_600;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_REPLY_BYTES = 1024 * 1024;

export function createAnnouncer(options: {
  readonly trackerUrl: string;
  readonly userAgent: string;
  /** Everything of the query but the event; called when the announce goes out. */
  readonly query: (event: AnnounceEvent) => Omit<AnnounceQuery, "event" | "numwant">;
  readonly onPeers: (peers: readonly string[]) => void;
  readonly onGrant: (text: string) => void;
  /**
   * The tracker refused (AccessError TRACKER_REFUSED) or cannot be reached (NetworkError
   * TRACKER_UNREACHABLE). It is asked again.
   */
  readonly onProblem: (error: FloodgateError) => void;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly now: () => number;
}): Announcer {
  let isStarted = false;
  let isStopped = false;
  let isBusy = false;
  let isWanted = false;
  let hasCompleted = false;
  let retryMs = FIRST_RETRY_MS;
  let lastSentAt = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | null = null;
  const aborter = new AbortController();

  const request = async (event: AnnounceEvent, signal: AbortSignal): Promise<number> => {
    const query = { ...options.query(event), event, numwant: event === "stopped" ? 0 : MAX_NUMWANT };
    const response = await fetch(encodeAnnounceUrl(options.trackerUrl, query), {
      signal,
      // The query holds the access token: it must not follow a redirect elsewhere.
      redirect: "error",
      headers: { "user-agent": options.userAgent },
    });
    const reply = decodeAnnounceReply(await readBounded(response));
    if (!reply)
      throw new NetworkError(
        "TRACKER_UNREACHABLE",
        `the tracker's answer (HTTP ${response.status}) is not an announce reply: check its URL`,
      );
    if (reply.type === "failure") {
      throw new AccessError("TRACKER_REFUSED", `the tracker refuses this peer: ${printable(reply.reason)}`);
    }
    if (!isStopped) {
      if (reply.grant !== null) options.onGrant(reply.grant);
      options.onPeers(reply.peers);
    }
    return Math.min(MAX_INTERVAL_SEC, Math.max(MIN_INTERVAL_SEC, reply.intervalSec ?? DEFAULT_INTERVAL_SEC));
  };

  const schedule = (ms: number): void => {
    cancelTimer?.();
    cancelTimer = options.setTimer(() => void send(), ms);
  };

  const send = async (): Promise<void> => {
    if (isStopped || isBusy) return;
    isBusy = true;
    isWanted = false;
    lastSentAt = options.now();
    const isCompletion = isStarted && hasCompleted;
    let nextMs: number;
    try {
      const signal = AbortSignal.any([aborter.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
      nextMs = 1_000 * (await request(isStarted ? (isCompletion ? "completed" : "update") : "started", signal));
      isStarted = true;
      if (isCompletion) hasCompleted = false;
      retryMs = FIRST_RETRY_MS;
    } catch (error) {
      nextMs = retryMs;
      retryMs = Math.min(MAX_RETRY_MS, 2 * retryMs);
      if (!isStopped) options.onProblem(problemOf(error, options.trackerUrl));
    }
    isBusy = false;
    if (isStopped) return;
    schedule(isWanted || (isStarted && hasCompleted) ? MIN_GAP_MS : nextMs);
  };

  const soon = (): void => {
    if (isStopped) return;
    isWanted = true;
    if (!isBusy) schedule(Math.max(0, lastSentAt + MIN_GAP_MS - options.now()));
  };

  return {
    start: () => void send(),
    complete() {
      hasCompleted = true;
      soon();
    },
    again: soon,
    async stop(deadlineMs) {
      if (isStopped) return;
      isStopped = true;
      cancelTimer?.();
      aborter.abort();
      if (!isStarted) return;
      try {
        await request("stopped", AbortSignal.timeout(deadlineMs));
      } catch (error) {
        options.onProblem(problemOf(error, options.trackerUrl));
      }
    },
  };
}

async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_REPLY_BYTES) throw new NetworkError("TRACKER_UNREACHABLE", "the tracker's answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function problemOf(error: unknown, trackerUrl: string): FloodgateError {
  if (error instanceof NetworkError || error instanceof AccessError) return error;
  const { origin } = new URL(trackerUrl);
  return new NetworkError("TRACKER_UNREACHABLE", `no answer from the tracker at ${origin}: is it running?`, {
    cause: error,
  });
}
