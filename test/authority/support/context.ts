import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KyselyPlugin } from "kysely";
import pino from "pino";
import { createAccessToken } from "../../../authority/access-token.ts";
import { createLoginNonces } from "../../../authority/accounts/login-nonces.ts";
import { createPresence } from "../../../authority/accounts/presence.ts";
import { openRevocations } from "../../../authority/accounts/revocations.ts";
import { type AllotterRecord, EMPTY } from "../../../authority/chain/mirror/contract-state.ts";
import { createOutbox, type Outbox } from "../../../authority/chain/transactions/outbox.ts";
import { Wishes } from "../../../authority/chain/transactions/wishes.ts";
import { parseConfig } from "../../../authority/config.ts";
import type { Caller, Context } from "../../../authority/context.ts";
import { createEndings } from "../../../authority/endings.ts";
import { createFundsView } from "../../../authority/funding/funds.ts";
import { createKeys } from "../../../authority/keys/keys.ts";
import { createReadiness } from "../../../authority/readiness.ts";
import { createGasWorth } from "../../../authority/settlement/gas-worth.ts";
import { openStore, type Store } from "../../../authority/store/database.ts";
import { claimNetwork } from "../../../authority/store/tables/network.ts";
import { insertSession } from "../../../authority/store/tables/sessions.ts";
import { insertTorrent } from "../../../authority/store/tables/torrents.ts";
import { openMetainfoFiles } from "../../../authority/torrents/metainfo-files.ts";
import { createMetainfoParser } from "../../../authority/torrents/parse-aside.ts";
import { SigningThreads } from "../../../authority/vouchers/signing/signing-threads.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { CONTRACT, FakeChain, OPERATOR_KEY, START } from "./fake-chain.ts";

export const ALLOTTER = new Uint8Array(32).fill(3);
export const PIECE = 128 * 1024;
export const PIECES = 1_000;
/** 1.00 per GiB. */
export const PRICE = 1_000_000n;

/** A session of an account, with its keys. */
export interface TestSession extends Caller {
  readonly privateKey: Uint8Array;
  readonly accessToken: string;
}

export class Killed extends Error {}

/** The authority's services on a real store. The test controls the chain and the clock. */
export class TestAuthority {
  readonly home = mkdtempSync(join(tmpdir(), "floodgate-authority-"));
  readonly chain = new FakeChain();
  context!: Context;
  now = START;

  constructor() {
    this.chain.allotters.set(addressOfKey(publicKeyOf(ALLOTTER)), currentAllotter());
  }

  wakes = 0;
  #store: Store | null = null;
  readonly #signing = new SigningThreads();
  #queriesLeft = Number.POSITIVE_INFINITY;

  async start(): Promise<this> {
    const hex = (bytes: Uint8Array): string => bytesToHex(bytes);
    const config = parseConfig({
      home: this.home,
      rpcUrl: "http://127.0.0.1:1",
      contract: CONTRACT,
      trackerUrl: "http://127.0.0.1:2/announce",
      operatorKey: hex(OPERATOR_KEY),
      allotterKey: hex(ALLOTTER),
    });
    const log = pino({ level: "silent" });
    const readiness = createReadiness(log);
    this.#store = await openStore(this.home, (problem) => readiness.report("store", problem));
    await claimNetwork(this.#store.db, `31337:${CONTRACT}`);
    const killer = this.#killer();
    const store = this.#store;
    const keys = createKeys(config.keys, { log, readiness });
    await keys.follow(this.chain);
    const clock = { now: () => this.now, sawBlock: () => undefined };
    this.context = {
      config,
      store: {
        ...store,
        db: store.db.withPlugin(killer),
        transaction: (fn) => store.transaction((trx) => fn(trx.withPlugin(killer))),
      },
      chain: this.chain,
      clock,
      keys,
      presence: createPresence(clock, config.params.pushIntervalSec),
      funds: createFundsView(clock),
      nonces: createLoginNonces(),
      log,
      readiness,
      gasWorth: createGasWorth(config.params, () => this.chain.readGasPrice()),
      wishes: new Wishes(),
      revocations: await openRevocations(store, this.now),
      metainfo: openMetainfoFiles(this.home),
      parseMetainfo: createMetainfoParser(),
      separator: hashDomain({ chainId: 31_337, contract: CONTRACT }),
      signing: this.#signing,
      secrets: { operator: "0".repeat(64), token: "1".repeat(64) },
      wake: () => {
        this.wakes++;
      },
    };
    return this;
  }

  /** Sends and ends transactions as the authority does. */
  outbox(): Outbox {
    return createOutbox(this.context, createEndings(this.context));
  }

  /**
   * The process dies at the query after the next `queries`: nothing of an open transaction is on
   * the disk.
   */
  killAfter(queries: number): void {
    this.#queriesLeft = queries;
  }

  #killer(): KyselyPlugin {
    return {
      transformQuery: ({ node }) => {
        if (this.#queriesLeft-- <= 0) throw new Killed();
        return node;
      },
      transformResult: async ({ result }) => result,
    };
  }

  /** As after kill -9: another process opens the same store. */
  async restart(): Promise<void> {
    this.#queriesLeft = Number.POSITIVE_INFINITY;
    await this.#store?.close();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#signing.close();
    await this.#store?.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Logs a device in. `device` makes its key. */
  async session(account: Address, device: number): Promise<TestSession> {
    const privateKey = new Uint8Array(32).fill(device);
    const publicKeyBytes = publicKeyOf(privateKey);
    const publicKey = bytesToHex(publicKeyBytes);
    const sessionKey = addressOfKey(publicKeyBytes);
    await insertSession(this.context.store.db, { account, sessionKey, publicKey, createdAt: START });
    const grant = { account, sessionKey, publicKey, issuedAt: START, expiresAt: START + 3600 };
    return { account, sessionKey, publicKey, privateKey, accessToken: createAccessToken(grant, "1".repeat(64)) };
  }

  async publish(infoHash: InfoHash, pricePerGiB = PRICE, sharePercent = 0): Promise<void> {
    await insertTorrent(this.context.store.db, {
      infoHash,
      title: infoHash,
      sizeBytes: PIECES * PIECE,
      pieceLength: PIECE,
      pieceCount: PIECES,
      pricePerGiB: pricePerGiB.toString(),
      sharePercent,
      publisher: accountOf(0xff),
      publishedAt: START,
      metainfo: new Uint8Array(),
    });
  }
}

/** A key that the contract names, whose budget counts. */
export function currentAllotter(effectiveAt = 0): AllotterRecord {
  return { ...EMPTY.allotter, effectiveAt, isCurrent: true };
}

export function accountOf(number: number): Address {
  return `0x${number.toString(16).padStart(2, "0").repeat(20)}`;
}

/**
 * Runs `work` again and again, killed at its first query, its second and so on, each time followed
 * by a restart. Ends with the first run that was not killed. `check` sees what each kill has left.
 */
export async function killAtEveryQuery(
  authority: TestAuthority,
  work: () => Promise<unknown>,
  check: () => Promise<void>,
): Promise<number> {
  for (let queries = 0; ; queries++) {
    authority.killAfter(queries);
    try {
      await work();
      await authority.restart();
      return queries;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    await authority.restart();
    await check();
  }
}
