import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { VERSION } from "../protocol/base/constants.ts";
import { InputError, NetworkError } from "../protocol/base/errors.ts";
import type { Info } from "../protocol/http/public.ts";
import { hashDomain } from "../protocol/signed/typed-data.ts";
import { listLoginDomains } from "./accounts/login-domains.ts";
import { createLoginNonces } from "./accounts/login-nonces.ts";
import { createPresence } from "./accounts/presence.ts";
import { openRevocations } from "./accounts/revocations.ts";
import { createBondWatch } from "./allotments/bond-watch.ts";
import { connectChain, followChain } from "./chain/chain.ts";
import { createClock } from "./chain/clock.ts";
import { readTerms } from "./chain/terms.ts";
import { createOutbox } from "./chain/transactions/outbox.ts";
import { Wishes } from "./chain/transactions/wishes.ts";
import { type AuthorityConfig, type AuthorityOptions, parseConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { deriveFromEvents } from "./deriving.ts";
import { createEndings } from "./endings.ts";
import { createCharges } from "./funding/charges.ts";
import { createFundsView } from "./funding/funds.ts";
import { createTestCards } from "./funding/test-cards.ts";
import { awaitAllowance, createAllowanceWatch } from "./funding/treasury.ts";
import type { Server } from "./http/routes/route.ts";
import { createServer } from "./http/server.ts";
import { createKeyWatch } from "./keys/key-watch.ts";
import { createKeys } from "./keys/keys.ts";
import { createLog } from "./log.ts";
import { createReadiness } from "./readiness.ts";
import { beginRestored } from "./restore/begin-restored.ts";
import { createRetention } from "./retention.ts";
import { createRounds } from "./rounds.ts";
import { createHome, loadSecret, OPERATOR_SECRET_FILE, TOKEN_SECRET_FILE } from "./secrets.ts";
import { createGasWorth } from "./settlement/gas-worth.ts";
import { openStore } from "./store/database.ts";
import { claimNetwork } from "./store/tables/network.ts";
import { openMetainfoFiles } from "./torrents/metainfo-files.ts";
import { createMetainfoParser } from "./torrents/parse-aside.ts";
import { createSwarmWatch } from "./torrents/swarm-watch.ts";
import { SigningThreads } from "./vouchers/signing/signing-threads.ts";

export interface Authority {
  /** Address of the API. */
  readonly url: string;
  /** Resolves when the round under way has ended. A kill loses nothing either. */
  stop(): Promise<void>;
}

/** At the first start the contract's allowance needs a block. */
const APPROVAL_MS = 15_000;

/**
 * Starts the authority. `onFatal` is called once, after the authority has stopped, when a rule is
 * broken that only a bug can break.
 * @throws {InputError} CONFIG_INVALID, HOME_IN_USE, HOME_INVALID, NETWORK_WRONG, CONTRACT_MISSING,
 * OPERATOR_WRONG, ALLOTTER_UNKNOWN, PORT_IN_USE
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function startAuthority(
  options: AuthorityOptions,
  onFatal: (error: unknown) => void = () => process.exit(70),
): Promise<Authority> {
  const config = parseConfig(options);
  const log = createLog(config.logLevel);
  createHome(config.home);
  const secrets = {
    operator: loadSecret(config.home, OPERATOR_SECRET_FILE),
    token: loadSecret(config.home, TOKEN_SECRET_FILE),
  };
  const readiness = createReadiness(log);
  const keys = createKeys(config.keys, { log, readiness });
  const connection = await connectChain(config, keys, log);
  const { chainId, contract } = connection.facts;
  const clock = createClock(() => performance.now());
  const store = await openStore(config.home, (problem) => readiness.report("store", problem));
  const signing = new SigningThreads();
  let server: Server | null = null;
  try {
    await claimNetwork(store.db, `${chainId}:${contract}`);
    const chain = await followChain(connection, { config, store, derive: deriveFromEvents, log });
    clock.sawBlock(chain.latest);
    await keys.follow(chain);
    const context: Context = {
      config,
      store,
      chain,
      clock,
      keys,
      presence: createPresence(clock, config.params.pushIntervalSec),
      funds: createFundsView(clock),
      nonces: createLoginNonces(),
      revocations: await openRevocations(store, clock.now()),
      metainfo: openMetainfoFiles(config.home),
      parseMetainfo: createMetainfoParser(),
      log,
      readiness,
      gasWorth: createGasWorth(config.params, () => chain.readGasPrice()),
      wishes: new Wishes(),
      separator: hashDomain({ chainId, contract }),
      signing,
      secrets,
      wake: () => rounds.wake(),
    };
    await beginRestored(context);
    const charges = createCharges(context, createTestCards(store.db));
    const outbox = createOutbox(context, createEndings(context));
    const stop = async (): Promise<void> => {
      await server?.close();
      await rounds.stop();
      await signing.close();
      await store.close();
    };
    let hasFailed = false;
    const fatal = (error: unknown): void => {
      if (hasFailed) return;
      hasFailed = true;
      log.fatal({ err: error }, "stopped: a rule is broken that must hold");
      void stop().finally(() => onFatal(error));
    };
    const rounds = createRounds(context, { outbox, charges, ...createWatches(context, options) }, fatal);
    const info = async (): Promise<Info> => ({ ...infoOf(context), ...(await readTerms(context)) });
    let [domains, urls]: [string[], string[]] = [[], []];
    server = await createServer(
      context,
      { info, domains: () => domains, urls: () => urls, charges, nowMs: () => performance.now() },
      fatal,
    );
    const url = await listen(server, config);
    const { host } = config.http;
    domains = listLoginDomains({ configured: config.domains, host, port: portOf(server), addresses: addresses() });
    const [domain] = domains;
    // A proxy stands in front of a configured domain, with TLS or without.
    urls = config.domains.length === 0 ? [`http://${domain}`] : [`https://${domain}`, `http://${domain}`];
    rounds.start();
    await awaitAllowance(context, APPROVAL_MS);
    return { url, stop };
  } catch (error) {
    await server?.close();
    await store.close();
    throw error;
  }
}

function createWatches(context: Context, { readKeys }: AuthorityOptions) {
  return {
    watchAllowance: createAllowanceWatch(context),
    watchBond: createBondWatch(context),
    watchKeys: createKeyWatch(context, readKeys),
    watchSwarms: createSwarmWatch(context, () => performance.now()),
    retain: createRetention(context),
  };
}

function infoOf({ chain, clock, config, keys }: Context): Omit<Info, "feeBps" | "bond"> {
  const { acceptMarginSec, pushIntervalSec, payDueSec, sessionLifetimeSec } = config.params;
  return {
    ...chain.facts,
    version: VERSION,
    deployedAtBlock: config.chain.deployedAtBlock,
    trackerUrl: config.trackerUrl,
    allotters: [...keys.signers],
    operator: chain.operator,
    acceptMarginSec,
    pushIntervalSec,
    payDueSec,
    sessionLifetimeSec,
    now: clock.now(),
  };
}

async function listen(server: Server, { http: { host, port } }: AuthorityConfig): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EADDRINUSE")
      throw new InputError("PORT_IN_USE", `port ${port} of ${host} is in use: choose another with --port`);
    throw new NetworkError("LISTEN_FAILED", `cannot listen on ${host}, port ${port} (${code})`, { cause: error });
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${portOf(server)}`;
}

function portOf({ server }: Server): number {
  return (server.address() as AddressInfo).port;
}

/** This machine's own, without those of one link only, which no URL can name. */
function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  );
}
