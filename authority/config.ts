import { isIP } from "node:net";
import { hexToBytes } from "../protocol/base/bytes.ts";
import { InputError } from "../protocol/base/errors.ts";
import { type Address, parseAddress } from "../protocol/base/ids.ts";
import { isPrivateKey } from "../protocol/base/secp256k1.ts";
import type { Amount } from "../protocol/base/units.ts";
import type { Finality } from "./chain/finality.ts";

/** What the command line hands to `startAuthority`. */
export interface AuthorityOptions {
  /** The authority's directory, with store and secrets; created with mode 0700. */
  readonly home: string;
  /** Folder with the built scripts of pages; without one, pages that need a script say so. */
  readonly scripts?: string;
  readonly host?: string;
  /** 0 picks a free port. */
  readonly port?: number;
  /** One node, or several of which `rpcQuorum` must say the same. */
  readonly rpcUrl: string | readonly string[];
  /** Default: more than half. */
  readonly rpcQuorum?: number;
  readonly contract: string;
  readonly deployedAtBlock?: number;
  /** Takes deposits by signature for the contract; without one wallets cannot pay in here. */
  readonly depositor?: string | undefined;
  readonly trackerUrl: string;
  /**
   * Private keys: 0x and 64 hex digits. Several, oldest first: the contract says which of them
   * sign.
   */
  readonly operatorKey: string | readonly string[];
  readonly allotterKey: string | readonly string[];
  /** Reads both again while the authority runs. Default: they stay as they are. */
  readonly readKeys?: () => Promise<Pick<AuthorityOptions, "operatorKey" | "allotterKey">>;
  /**
   * Hosts at which others reach the API, beside the address that it listens on: login messages may
   * name them. The first is the public one, which the web seeds of bundles name.
   */
  readonly domains?: readonly string[];
  readonly logLevel?: string;
  /** Blocks, or the chain's own word for them. Default: 2 on a devnet, else `finalized`. */
  readonly confirmations?: Finality;
  /** A block's time may be ahead of the machine's by this much. Default: 900, any on a devnet. */
  readonly maxAheadSec?: number;
  /** A transaction that waits for so many blocks is signed anew with a higher fee. */
  readonly bumpAfterBlocks?: number;
  /** Most that the operator pays, wei per gas. */
  readonly maxFeePerGas?: bigint;
  readonly pollIntervalMs?: number;
  readonly acceptMarginSec?: number;
  readonly pushIntervalSec?: number;
  readonly payDueSec?: number;
  readonly sessionLifetimeSec?: number;
  readonly settleAgeSec?: number;
  /** Ready lanes that are worth this much together settle at once: base units. */
  readonly settleValue?: bigint;
  readonly statementWaitSec?: number;
  readonly releaseLifetimeSec?: number;
  readonly fundPatienceSec?: number;
  /** Smaller vouchers are never settled: base units. */
  readonly minRow?: bigint;
  /** Base units that one ether buys: with it, rows must be worth their gas. */
  readonly unitsPerEther?: bigint;
  /** Base units. */
  readonly minDeposit?: bigint;
  readonly minWithdrawal?: bigint;
  /** Gas that the authority pays for one account's deposits, sessions and withdrawals in a day. */
  readonly gasPerAccountPerDay?: number;
  /** What has ended is forgotten after so long (docs/protocol.md 9.4). */
  readonly keepSec?: number;
  /** Units that one network prefix, and one account, may take of the API (docs/deploy.md). */
  readonly requestsPerMinute?: number;
  /** Addresses or networks (CIDR) of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
}

/** The authority's own private keys of each kind, oldest first; at least one of each. */
export interface KeySet {
  readonly operators: readonly Uint8Array[];
  readonly allotters: readonly Uint8Array[];
}

export interface AuthorityConfig {
  readonly home: string;
  readonly scripts: string | null;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly requestsPerMinute: number;
    readonly trustedProxies: readonly string[];
  };
  readonly domains: readonly string[];
  readonly logLevel: string;
  readonly trackerUrl: string;
  readonly chain: {
    readonly rpcUrls: readonly string[];
    /** So many nodes must say the same. */
    readonly quorum: number;
    readonly contract: Address;
    readonly deployedAtBlock: number;
    readonly depositor: Address | null;
    /** A block is final when this many blocks follow it; null: as the chain's kind has it. */
    readonly confirmations: Finality | null;
    /** Null: as the chain's kind has it. */
    readonly maxAheadSec: number | null;
    readonly pollIntervalMs: number;
    readonly transactions: TransactionPolicy;
  };
  readonly keys: KeySet;
  readonly params: Params;
}

/** How the authority brings its transactions into blocks (docs/protocol.md 7.7). */
export interface TransactionPolicy {
  readonly bumpAfterBlocks: number;
  /** Wei per gas. */
  readonly ceiling: bigint;
  /** Of its own, at once: nodes hold no more of one sender. */
  readonly maxWaiting: number;
}

/** docs/protocol.md 11. The defaults are those of the devnet. */
export interface Params {
  readonly acceptMarginSec: number;
  readonly pushIntervalSec: number;
  readonly payDueSec: number;
  readonly sessionLifetimeSec: number;
  /** A lane that is ready waits at most this long for company. */
  readonly settleAgeSec: number;
  /** Ready lanes that are worth this much together wait no longer, base units. */
  readonly settleValue: Amount;
  /** Finished lanes of a payer that is online wait this long for its statement. */
  readonly statementWaitSec: number;
  /** The contract takes a release for this long. */
  readonly releaseLifetimeSec: number;
  /** A deposit that was charged and cannot be credited for this long is paid back. */
  readonly fundPatienceSec: number;
  /** Smaller vouchers are left to claims, base units. */
  readonly minRow: Amount;
  /** What one ether buys, base units; 0: gas is not weighed against what it settles. */
  readonly unitsPerEther: Amount;
  /** Smaller deposits are refused, base units. */
  readonly minDeposit: Amount;
  /** Smaller withdrawals are refused unless they are all that there is, base units. */
  readonly minWithdrawal: Amount;
  /** Gas that the authority pays for one account's deposits, sessions and withdrawals in a day. */
  readonly gasPerAccountPerDay: number;
  /** Ended lanes, requests and sessions are forgotten after so long. */
  readonly keepSec: number;
}

/** 500 gwei. */
const MAX_FEE_PER_GAS = 500_000_000_000n;
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/** Checks and completes the options. @throws {InputError} CONFIG_INVALID, ADDRESS_INVALID */
export function parseConfig(options: AuthorityOptions): AuthorityConfig {
  if (options.home === "") throw invalid("home", "name a directory for the authority's store");
  const logLevel = options.logLevel ?? "info";
  if (!LOG_LEVELS.includes(logLevel)) throw invalid("log level", `choose one of ${LOG_LEVELS.join(", ")}`);
  const params: Params = {
    acceptMarginSec: integer("accept margin", options.acceptMarginSec ?? 10, 1, 86_400),
    pushIntervalSec: integer("push interval", options.pushIntervalSec ?? 2, 1, 86_400),
    payDueSec: integer("pay due", options.payDueSec ?? 5, 1, 30),
    sessionLifetimeSec: integer("session lifetime", options.sessionLifetimeSec ?? 3600, 60, 365 * 86_400),
    settleAgeSec: integer("settle age", options.settleAgeSec ?? 20, 0, 86_400),
    settleValue: options.settleValue ?? 10_000_000n,
    statementWaitSec: integer("statement wait", options.statementWaitSec ?? 6, 0, 3_600),
    releaseLifetimeSec: integer("release lifetime", options.releaseLifetimeSec ?? 60, 10, 3_600),
    fundPatienceSec: integer("fund patience", options.fundPatienceSec ?? 3_600, 0, 7 * 86_400),
    minRow: options.minRow ?? 1n,
    unitsPerEther: options.unitsPerEther ?? 0n,
    minDeposit: options.minDeposit ?? 1n,
    minWithdrawal: options.minWithdrawal ?? 1n,
    gasPerAccountPerDay: integer("gas of an account", options.gasPerAccountPerDay ?? 4_000_000, 0, 1_000_000_000),
    keepSec: integer("time to keep", options.keepSec ?? 90 * 86_400, 7 * 86_400, 36_500 * 86_400),
  };
  if (params.pushIntervalSec * 2 > params.acceptMarginSec)
    throw invalid("push interval", "it must be at most half of the accept margin");
  for (const [name, amount] of [
    ["smallest row", params.minRow],
    ["smallest deposit", params.minDeposit],
    ["smallest withdrawal", params.minWithdrawal],
  ] as const)
    if (amount < 1n) throw invalid(name, "it must be at least 1 base unit");
  if (options.maxFeePerGas !== undefined && options.maxFeePerGas < 1n)
    throw invalid("highest gas price", "it must be at least 1 wei");
  if (params.settleValue < 1n) throw invalid("settle value", "it must be at least 1 base unit");
  return {
    home: options.home,
    scripts: options.scripts ?? null,
    http: {
      host: options.host ?? "127.0.0.1",
      port: integer("port", options.port ?? 0, 0, 65_535),
      requestsPerMinute: integer("requests per minute", options.requestsPerMinute ?? 6_000, 1, 1_000_000),
      trustedProxies: (options.trustedProxies ?? []).map(network),
    },
    domains: (options.domains ?? []).map(domainName),
    logLevel,
    trackerUrl: url("tracker URL", options.trackerUrl),
    chain: {
      ...nodes(options),
      contract: parseAddress(options.contract),
      deployedAtBlock: integer("deployment block", options.deployedAtBlock ?? 0, 0, Number.MAX_SAFE_INTEGER),
      depositor: options.depositor === undefined ? null : parseAddress(options.depositor),
      confirmations: finality(options.confirmations),
      maxAheadSec: options.maxAheadSec ?? null,
      transactions: {
        bumpAfterBlocks: integer("blocks before a higher fee", options.bumpAfterBlocks ?? 10, 1, 10_000),
        ceiling: options.maxFeePerGas ?? MAX_FEE_PER_GAS,
        maxWaiting: 64,
      },
      pollIntervalMs: integer("poll interval", options.pollIntervalMs ?? 500, 10, 60_000),
    },
    keys: parseKeys(options),
    params,
  };
}

/** @throws {InputError} CONFIG_INVALID */
export function parseKeys({ operatorKey, allotterKey }: Pick<AuthorityOptions, "operatorKey" | "allotterKey">): KeySet {
  const parse = (name: string, texts: string | readonly string[]): Uint8Array[] => {
    const keys = [texts].flat().map((text) => privateKey(name, text));
    if (keys.length === 0) throw invalid(name, "there is none");
    return keys;
  };
  return { operators: parse("operator key", operatorKey), allotters: parse("allotter key", allotterKey) };
}

function nodes({ rpcUrl, rpcQuorum }: AuthorityOptions): Pick<AuthorityConfig["chain"], "rpcUrls" | "quorum"> {
  const rpcUrls = [...new Set([rpcUrl].flat())].map((text) => url("RPC URL", text));
  if (rpcUrls.length === 0) throw invalid("RPC URL", "name a node of the chain");
  const majority = Math.floor(rpcUrls.length / 2) + 1;
  return { rpcUrls, quorum: integer("RPC quorum", rpcQuorum ?? majority, 1, rpcUrls.length) };
}

function finality(confirmations: Finality | undefined): Finality | null {
  if (confirmations === undefined || typeof confirmations === "string") return confirmations ?? null;
  return integer("confirmations", confirmations, 0, 1_000);
}

function integer(name: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw invalid(name, `write a whole number from ${min} to ${max}`);
  return value;
}

/** A URL's host, with or without a port. */
function domainName(text: string): string {
  const parsed = URL.parse(`https://${text}`);
  if (parsed === null || parsed.href !== `https://${parsed.host}/`)
    throw invalid("domain", `write a host like floodgate.example, without https:// and path`);
  return parsed.host;
}

/** An IP address, or a network as CIDR (RFC 4632). */
function network(text: string): string {
  const [address = "", bits, more] = text.split("/");
  const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  const isBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  if (most < 0 || more !== undefined || !isBits)
    throw invalid("trusted proxy", "write an address or a network, like 127.0.0.1 or 10.0.0.0/8");
  return text;
}

function url(name: string, text: string): string {
  const parsed = URL.parse(text);
  if (parsed === null || !["http:", "https:", "ws:", "wss:"].includes(parsed.protocol))
    throw invalid(name, "write it like http://127.0.0.1:8545");
  return text;
}

function privateKey(name: string, text: string): Uint8Array {
  // The message never repeats the text: it may be a key with a typing error.
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw invalid(name, "expected 0x and 64 hex digits");
  const bytes = hexToBytes(text.toLowerCase());
  if (!isPrivateKey(bytes)) throw invalid(name, "it is not a secp256k1 private key");
  return bytes;
}

function invalid(name: string, hint: string): InputError {
  return new InputError("CONFIG_INVALID", `wrong ${name}: ${hint}`);
}
