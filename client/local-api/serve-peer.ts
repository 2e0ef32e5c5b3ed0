import { homedir } from "node:os";
import { join } from "node:path";
import { textOfError, toError } from "../../protocol/base/errors.ts";
import type { OpenNetwork } from "../account/network.ts";
import { type Contents, type ContentsOptions, openContents } from "../contents/contents.ts";
import { keepMonth } from "../contents/month/keep-month.ts";
import { TrafficMeter } from "../contents/month/traffic-meter.ts";
import { createPlayedFiles, type PlayedFiles } from "../contents/played-files.ts";
import { findPublished } from "../contents/published.ts";
import { minPriceOf, spendingOf } from "../contents/spending.ts";
import type { PeerOptions } from "../peer.ts";
import type { PortMapping } from "../ports/port-mapping.ts";
import { createProxiedContents, type ProxiedContents } from "../proxy/proxied-contents.ts";
import { type ProxyServer, startProxyServer } from "../proxy/proxy-server.ts";
import { type PeerRun, type RunPeerOptions, runPeer } from "../run-peer.ts";
import type { ContentEvent } from "../torrent/content/content.ts";
import type { PieceOrder } from "../torrent/picker/piece-order.ts";
import { AllPeers } from "./all-peers.ts";
import { type Endpoint, removeEndpoint, saveEndpoint } from "./endpoint.ts";
import { createEventHub, type EventHub } from "./event-hub.ts";
import { keepLimits, minuteOfDay } from "./keep-limits.ts";
import { startLooking } from "./live-events.ts";
import type { PageSource } from "./page-routes.ts";
import { createRateHistory } from "./rate-history.ts";
import { type RemoteApi, type RemoteListen, startRemoteApi } from "./remote/remote-api.ts";
import { type CertificateFiles, openRemoteIdentity, type RemoteIdentity } from "./remote/remote-identity.ts";
import { type LocalPeer, peerFacts } from "./routes.ts";
import { startLocalApi } from "./server.ts";
import { contentJson } from "./to-json.ts";

interface Ready {
  readonly endpoint: Endpoint;
  /** For other machines; null: there is none. */
  readonly remote: (Pick<RemoteIdentity, "fingerprint" | "tokenFile"> & Pick<RemoteApi, "url">) | null;
  /** With its token; null: there is none. */
  readonly proxyUrl: string | null;
  readonly run: PeerRun;
  readonly contents: Contents;
}

export interface ServePeerOptions extends Omit<RunPeerOptions, "check" | "settings"> {
  /** Directory of the home: where `peer.json` tells how to reach the API. */
  readonly directory: string;
  /** 0: any free port. */
  readonly apiPort: number;
  /**
   * Contents as plain HTTP, downloaded into this directory; `hub` has ids by ORG/NAME. Null: no
   * proxy.
   */
  readonly proxy: {
    readonly port: number;
    readonly directory: string;
    readonly hub: ReadonlyMap<string, string>;
  } | null;
  /** Asks the router to let others in. */
  readonly mapPorts: boolean;
  /** Lets other machines control it, over TLS; null: this machine alone. */
  readonly remote: (RemoteListen & { readonly certificate: CertificateFiles | null }) | null;
  /** Its page; null: none. */
  readonly pages: PageSource | null;
  readonly onReady: (ready: Ready) => void;
}

/**
 * A peer that runs until `signal` fires, or its API is told to stop: with all contents of its home,
 * and its API on the loopback.
 * @throws as `runPeer`; {InputError} PORT_UNUSABLE
 */
export async function servePeer(options: ServePeerOptions, opened: OpenNetwork): Promise<void> {
  const { directory, apiPort, log, signal, onReady } = options;
  const { feeBps } = opened.network.info;
  let meter: TrafficMeter | null = null;
  const settings = (store: PeerRun["store"]) => {
    const month = new TrafficMeter(store, nowSec);
    meter = month;
    const onTraffic: PeerOptions["onTraffic"] = (bytes) => month.count(bytes);
    return { spending: spendingOf(store, feeBps), minPrice: minPriceOf(store), onTraffic };
  };
  await runPeer({ ...options, check: null, settings }, opened, async (run) => {
    const traffic = meter ?? new TrafficMeter(run.store, nowSec);
    const events = createEventHub();
    const warn = onceAMinute(log);
    const proxied =
      options.proxy &&
      createProxiedContents({
        run,
        contents: () => contents,
        directory: options.proxy.directory,
        hub: options.proxy.hub,
        signal,
        setTimer: startTimer,
        nowMs,
        onProblem: (error) => warn(textOfError(error)),
      });
    const files = createPlayedFiles(run, () => contents);
    const all = new AllPeers(run.peer);
    const openSponsored = sponsoring(options, opened, { traffic, all, warn });
    const listeners = { directory, openSponsored, traffic, events, proxied, files, warn };
    const contents = open(run, options.proxy ? "sequential" : "rarest", listeners);
    const limits = keepLimits({ peer: all, store: run.store }, options.uploadLimit, minuteOfDay, startTimer);
    run.afterStop(limits.stop);
    const month = keepMonth(traffic, contents, startTimer, (error) => failWith(run, error));
    run.afterStop(month.stop);
    const ports = options.mapPorts ? await openPorts(run, options) : null;
    const told = Promise.withResolvers<void>();
    const downloads = options.proxy?.directory ?? join(homedir(), "Downloads");
    const local = {
      ...{
        run,
        contents,
        files,
        events,
        rates: createRateHistory(),
        limits,
        month,
        ports,
        startedAtMs: nowMs(),
        nowMs,
        nowSec,
        signal,
        stop: told.resolve,
      },
      directory: downloads,
    };
    const onFault = (error: unknown): void => log(`the API failed: ${textOfError(error)}`);
    const api = await startLocalApi(local, { port: apiPort, onFault, pages: options.pages });
    const stopLooking = startLooking(local, startTimer, onFault);
    let proxy: ProxyServer | null = null;
    let remote: Awaited<ReturnType<typeof openRemote>> = null;
    try {
      if (options.proxy && proxied) proxy = await startProxyServer(proxied, { port: options.proxy.port, onFault });
      remote = await openRemote(local, options, onFault);
      await saveEndpoint(directory, api.endpoint);
      onReady({ endpoint: api.endpoint, remote, proxyUrl: proxy?.url ?? null, run, contents });
      await Promise.race([run.stopped, told.promise]);
    } finally {
      await removeEndpoint(directory);
      stopLooking();
      events.close();
      await ports?.stop();
      await proxy?.close();
      await contents.close();
      await remote?.close();
      await api.close();
    }
  });
}

/** Opens peers that buy for sponsors, beside that of the home. */
function sponsoring(
  { directory, listen, signal }: ServePeerOptions,
  { network }: OpenNetwork,
  { traffic, all, warn }: Pick<Listeners, "traffic" | "warn"> & { readonly all: AllPeers },
): ContentsOptions["openSponsored"] {
  const { apiUrl } = network;
  const onTraffic: PeerOptions["onTraffic"] = (bytes) => traffic.count(bytes);
  return async (infoHash, onFailed) => {
    const { openSponsoredPeer } = await import("../sponsors/sponsored-peer.ts");
    let leave = (): void => undefined;
    const peerOptions = { directory, apiUrl, host: listen.host, onTraffic, log: warn, signal };
    const sponsored = await openSponsoredPeer(infoHash, peerOptions, (error) => {
      leave();
      onFailed(error);
    });
    leave = all.join(sponsored.peer);
    return {
      ...sponsored,
      stop() {
        leave();
        return sponsored.stop();
      },
    };
  };
}

/** @throws as `openRemoteIdentity`, `startRemoteApi` */
async function openRemote(
  local: LocalPeer,
  { directory, remote, pages }: ServePeerOptions,
  onFault: (error: unknown) => void,
): Promise<(RemoteApi & Pick<RemoteIdentity, "fingerprint" | "tokenFile">) | null> {
  if (remote === null) return null;
  const identity = await openRemoteIdentity(directory, remote.certificate);
  const { fingerprint, tokenFile } = identity;
  return { ...(await startRemoteApi(local, remote, identity, { onFault, pages })), fingerprint, tokenFile };
}

async function openPorts({ peer }: PeerRun, { listen, log }: ServePeerOptions): Promise<PortMapping> {
  const [{ findGateways }, { mapPorts }] = await Promise.all([
    import("../ports/gateways.ts"),
    import("../ports/port-mapping.ts"),
  ]);
  const ports = [peer.torrentPort, peer.libp2pPort];
  return mapPorts({ ports, host: listen.host, findGateways, setTimer: startTimer, log });
}

interface Listeners {
  /** The home. */
  readonly directory: string;
  readonly openSponsored: ContentsOptions["openSponsored"];
  readonly traffic: TrafficMeter;
  readonly events: EventHub;
  readonly proxied: ProxiedContents | null;
  readonly files: PlayedFiles;
  readonly warn: (line: string) => void;
}

function open(
  run: PeerRun,
  order: PieceOrder,
  { directory, openSponsored, traffic, events, proxied, files, warn }: Listeners,
): Contents {
  const contents = openContents({
    run,
    order,
    nowSec,
    setTimer: startTimer,
    openSponsored,
    findPublished: ({ offer: { torrent, metainfo }, path }) =>
      findPublished(directory, { infoHash: torrent.infoHash, metainfo }, path),
    mayRun: () => !traffic.isUsedUp,
    onFatal: (error) => failWith(run, error),
    onEvent(infoHash, event) {
      warnOf(infoHash, event, warn);
      if (event.type !== "progress") return;
      proxied?.arrived(infoHash);
      files.arrived(infoHash);
    },
    onChange(infoHash) {
      proxied?.changed(infoHash);
      files.changed(infoHash);
      if (!events.topics().has(null)) return;
      const view = contents.get(infoHash);
      events.send(
        view ? "content" : "removed",
        view ? contentJson(view, peerFacts({ run, contents, month: traffic })) : { infoHash },
      );
    },
  });
  return contents;
}

function failWith(run: PeerRun, error: unknown): void {
  run.fail(toError(error));
}

function startTimer(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

function nowMs(): number {
  return performance.now();
}

function nowSec(): number {
  return Math.floor(Date.now() / 1_000);
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
