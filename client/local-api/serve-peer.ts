import type { OpenNetwork } from "../account/network.ts";
import { type Contents, openContents } from "../contents/contents.ts";
import { readPeerSettings } from "../contents/settings.ts";
import { minPriceOf, spendingOf } from "../contents/spending.ts";
import { type PeerRun, type RunPeerOptions, runPeer } from "../run-peer.ts";
import type { ContentEvent } from "../torrent/content/content.ts";
import { type Endpoint, removeEndpoint, saveEndpoint } from "./endpoint.ts";
import { createEventHub, type EventHub } from "./event-hub.ts";
import { startLocalApi } from "./server.ts";
import { contentJson } from "./to-json.ts";

export interface ServePeerOptions extends Omit<RunPeerOptions, "check" | "maxSpend" | "settings"> {
  /** Directory of the home: where `peer.json` tells how to reach the API. */
  readonly directory: string;
  /** 0: any free port. */
  readonly apiPort: number;
  readonly onReady: (ready: {
    readonly endpoint: Endpoint;
    readonly run: PeerRun;
    readonly contents: Contents;
  }) => void;
}

/**
 * A peer that runs until `signal` fires, or its API is told to stop: with all contents of its home,
 * and its API on the loopback.
 * @throws as `runPeer`; {InputError} PORT_UNUSABLE
 */
export async function servePeer(options: ServePeerOptions, opened: OpenNetwork): Promise<void> {
  const { directory, apiPort, log, signal, onReady } = options;
  const settings = (store: PeerRun["store"]) => ({ spending: spendingOf(store), minPrice: minPriceOf(store) });
  await runPeer({ ...options, check: null, maxSpend: null, settings }, opened, async (run) => {
    const events = createEventHub();
    const contents = open(run, events, onceAMinute(log));
    const { uploadLimit, downloadLimit } = readPeerSettings(run.store);
    run.peer.setLimits({ up: options.uploadLimit ?? uploadLimit, down: downloadLimit });
    const told = Promise.withResolvers<void>();
    const nowMs = (): number => performance.now();
    const local = { run, contents, events, startedAtMs: nowMs(), nowMs, nowSec, signal, stop: told.resolve };
    const onFault = (error: unknown): void => log(`the API failed: ${error instanceof Error ? error.message : error}`);
    const api = await startLocalApi(local, { port: apiPort, onFault });
    try {
      await saveEndpoint(directory, api.endpoint);
      onReady({ endpoint: api.endpoint, run, contents });
      await Promise.race([run.stopped, told.promise]);
    } finally {
      await removeEndpoint(directory);
      events.close();
      await contents.close();
      await api.close();
    }
  });
}

function nowSec(): number {
  return Math.floor(Date.now() / 1_000);
}

function open(run: PeerRun, events: EventHub, log: (line: string) => void): Contents {
  const contents = openContents({
    run,
    nowSec,
    setTimer(act, ms) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    onFatal: (error) => run.fail(error instanceof Error ? error : new Error(String(error))),
    onEvent: (infoHash, event) => warnOf(infoHash, event, log),
    onChange(infoHash) {
      const view = contents.get(infoHash);
      events.send(view ? "content" : "removed", view ? contentJson(view) : { infoHash });
    },
  });
  return contents;
}

function warnOf(infoHash: string, event: ContentEvent, log: (line: string) => void): void {
  if (event.type === "piece-failed")
    log(`piece ${event.piece} of ${infoHash} had a wrong hash: another peer is asked for it`);
  if (event.type === "piece-lost" || event.type === "failed") log(`${infoHash}: ${event.error.message}`);
  if (event.type === "tracker-problem") log(event.error.message);
}

const MINUTE_MS = 60_000;
const MAX_LINES = 1_000;

/** A tracker that is away says so to each of a thousand contents. */
function onceAMinute(log: (line: string) => void): (line: string) => void {
  const loggedAtMs = new Map<string, number>();
  return (line) => {
    const nowMs = performance.now();
    if (nowMs < (loggedAtMs.get(line) ?? Number.NEGATIVE_INFINITY) + MINUTE_MS) return;
    if (loggedAtMs.size >= MAX_LINES) loggedAtMs.clear();
    loggedAtMs.set(line, nowMs);
    log(line);
  };
}
