import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import WebTorrent from "webtorrent";
import { VERSION } from "../../protocol/base/constants.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { DialRule } from "../dial-rule.ts";
import type { EngineContext } from "./content/content.ts";
import { AllLimits } from "./content/content-limits.ts";
import { createBanList } from "./wire/wire-admission.ts";

export interface EngineOptions {
  /** Listening address; port 0 chooses a free one. */
  readonly host: string;
  readonly port: number;
  readonly trackerUrl: string;
  readonly dialing: DialRule;
  readonly sessionKey: Address;
  /** Wires per torrent, unless it has a limit of its own. */
  readonly maxWires: number;
  /** Wires of all torrents; absent: no limit. */
  readonly maxWiresInAll?: number;
  /** Bytes a second over all torrents, protocol included; null: no limit. */
  readonly uploadLimit?: number | null;
  /** Bytes that wires have just moved, protocol included. */
  readonly onTraffic?: ((bytes: { readonly down: number; readonly up: number }) => void) | undefined;
}

const USER_AGENT = `Floodgate/${VERSION}`;
/** BEP 20, Azureus style. */
const PEER_ID_PREFIX = "-FG0100-";
/** webtorrent's word for it. */
const NO_LIMIT = -1;
/** webtorrent's own limit per torrent, which ours stays below. */
const ANY_WIRES = 10_000;

/** @throws {InputError} PORT_UNUSABLE */
export async function startClient(options: EngineOptions): Promise<EngineContext> {
  const torrentPeerId = Buffer.concat([Buffer.from(PEER_ID_PREFIX), randomBytes(12)]);
  const client = new WebTorrent({
    peerId: torrentPeerId,
    userAgent: USER_AGENT,
    torrentPort: { port: options.port, host: options.host },
    maxConns: ANY_WIRES,
    uploadLimit: options.uploadLimit ?? NO_LIMIT,
    dht: false,
    lsd: false,
    utPex: false,
    natUpnp: false,
    natPmp: false,
    utp: false,
    webSeeds: false,
    tracker: false,
    secure: 0,
  });
  try {
    await once(client, "listening");
  } catch (error) {
    throw new InputError("PORT_UNUSABLE", `cannot listen on ${options.host}:${options.port}: choose another port`, {
      cause: error,
    });
  }
  client.on("download", (down: number) => options.onTraffic?.({ down, up: 0 }));
  client.on("upload", (up: number) => options.onTraffic?.({ down: 0, up }));
  let wireCount = 0;
  const now = (): number => performance.now();
  const setTimer = (run: () => void, ms: number): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const wires = { ofOne: options.maxWires, ofAll: options.maxWiresInAll ?? Number.POSITIVE_INFINITY };
  return {
    client,
    trackerUrl: options.trackerUrl,
    dialing: options.dialing,
    userAgent: USER_AGENT,
    sessionKey: options.sessionKey,
    torrentPeerId,
    limits: new AllLimits(client, wires, { now, setTimer }),
    bans: createBanList(now),
    nextWireId: () => `wire-${++wireCount}`,
    setTimer,
    now,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    random: () => randomInt(2 ** 32) / 2 ** 32,
    allocate: (length) => Buffer.allocUnsafeSlow(length),
  };
}
