import { InputError } from "../protocol/base/errors.ts";
import { printable } from "../protocol/base/text.ts";

/** What one prefix (/32 of IPv4, /56 of IPv6) may take. In paid swarms places count by account. */
export interface PerPrefix {
  /** Places in one swarm. */
  readonly placesPerSwarm: number;
  /** Places in all swarms. */
  readonly places: number;
  readonly announcesPerMinute: number;
  readonly connections: number;
}

const PER_PREFIX: PerPrefix = { placesPerSwarm: 64, places: 16_384, announcesPerMinute: 6_000, connections: 512 };

/** What the command line passes to `startTracker`. */
export interface TrackerOptions {
  readonly host?: string;
  /** 0 picks a free port. */
  readonly port?: number;
  readonly authorityUrl: string;
  /** Content of the file `operator-secret` in the authority's home. */
  readonly operatorSecret: string;
  readonly announceIntervalSec?: number;
  /** Peers in all swarms; each takes about 250 bytes. */
  readonly maxPeers?: number;
  /** What one address prefix may take (docs/protocol.md 6.4). */
  readonly perPrefix?: Partial<PerPrefix>;
  /** File that keeps the swarms over a restart; default: none. */
  readonly swarmFile?: string;
  /** How long a peer waits for new lanes; default 2,000. */
  readonly patienceMs?: number;
  /** Receives lines for the operator; default: none. */
  readonly log?: (message: string) => void;
}

export interface TrackerConfig {
  readonly host: string;
  readonly port: number;
  readonly authorityUrl: URL;
  readonly operatorSecret: string;
  readonly announceIntervalSec: number;
  readonly maxPeers: number;
  readonly swarmFile: string | null;
  readonly patienceMs: number;
  readonly perPrefix: PerPrefix;
  readonly log: (message: string) => void;
}

/** Checks and completes the options. @throws {InputError} CONFIG_INVALID */
export function parseConfig(options: TrackerOptions): TrackerConfig {
  const authorityUrl = URL.parse(options.authorityUrl);
  if (authorityUrl === null || !/^https?:$/.test(authorityUrl.protocol))
    throw invalid(
      `"${printable(options.authorityUrl)}" is not the authority's address: write it like http://127.0.0.1:8600`,
    );
  if (!authorityUrl.pathname.endsWith("/")) authorityUrl.pathname += "/";
  // The message does not repeat the secret, which may only have a typing error.
  if (!/^[\x21-\x7e]{16,256}$/.test(options.operatorSecret))
    throw invalid("the operator secret is malformed: take the file `operator-secret` of the authority's home as it is");
  return {
    host: options.host ?? "127.0.0.1",
    port: whole("port", options.port ?? 0, 0, 65_535),
    authorityUrl,
    operatorSecret: options.operatorSecret,
    announceIntervalSec: whole("announce interval", options.announceIntervalSec ?? 60, 5, 3_600),
    maxPeers: whole("number of peers", options.maxPeers ?? 2 ** 20, 1, 2 ** 24),
    patienceMs: whole("patience", options.patienceMs ?? 2_000, 1, 60_000),
    swarmFile: options.swarmFile ?? null,
    perPrefix: { ...PER_PREFIX, ...options.perPrefix },
    log: options.log ?? (() => undefined),
  };
}

function whole(name: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw invalid(`the ${name} is not valid: write a whole number from ${min} to ${max}`);
  return value;
}

function invalid(message: string): InputError {
  return new InputError("CONFIG_INVALID", message);
}
