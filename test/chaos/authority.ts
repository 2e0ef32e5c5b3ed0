import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KyselyPlugin } from "kysely";
import pino from "pino";
import { createLoginNonces } from "../../authority/accounts/login-nonces.ts";
import { createPresence } from "../../authority/accounts/presence.ts";
import { openRevocations } from "../../authority/accounts/revocations.ts";
import { connectChain, followChain } from "../../authority/chain/chain.ts";
import type { Node } from "../../authority/chain/nodes/node.ts";
import { createOutbox, type Outbox } from "../../authority/chain/transactions/outbox.ts";
import { Wishes } from "../../authority/chain/transactions/wishes.ts";
import { claimMissing } from "../../authority/claims/claim-missing.ts";
import { parseConfig } from "../../authority/config.ts";
import type { Context } from "../../authority/context.ts";
import { deriveFromEvents } from "../../authority/deriving.ts";
import { createEndings } from "../../authority/endings.ts";
import { type Charges, createCharges } from "../../authority/funding/charges.ts";
import { createFundsView } from "../../authority/funding/funds.ts";
import { createTestCards } from "../../authority/funding/test-cards.ts";
import { createAllowanceWatch } from "../../authority/funding/treasury.ts";
import { createKeys } from "../../authority/keys/keys.ts";
import { createReadiness } from "../../authority/readiness.ts";
import { createGasWorth } from "../../authority/settlement/gas-worth.ts";
import { settleReady } from "../../authority/settlement/settle.ts";
import { openStore, type Store } from "../../authority/store/database.ts";
import { claimNetwork } from "../../authority/store/tables/network.ts";
import { openMetainfoFiles } from "../../authority/torrents/metainfo-files.ts";
import { createMetainfoParser } from "../../authority/torrents/parse-aside.ts";
import { SigningThreads } from "../../authority/vouchers/signing/signing-threads.ts";
import { payDueWithdrawals } from "../../authority/withdrawals/withdrawals.ts";
import { bytesToHex } from "../../protocol/base/bytes.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import { MEMORY_ROOM } from "../support/memory-room.ts";
import { ALLOTTER, OPERATOR } from "./deploy.ts";
import type { Stage } from "./stage.ts";

/** The process was killed here. */
export class Killed extends Error {}

/** The authority on the stage: its services and its rounds, one step after the other. */
export class ChaosAuthority {
  readonly #home = mkdtempSync(join(MEMORY_ROOM, "floodgate-chaos-"));
  readonly #stage: Stage;
  readonly #nodes: readonly Node[];
  readonly #signing = new SigningThreads();
  #store: Store | null = null;
  #queriesLeft = Number.POSITIVE_INFINITY;
  #parts: (() => Promise<unknown>)[] = [];
  context!: Context;
  charges!: Charges;

  constructor(stage: Stage, nodes: readonly Node[]) {
    this.#stage = stage;
    this.#nodes = nodes;
  }

  get now(): number {
    return this.context.chain.latest.timestamp;
  }

  /** @throws {ChainError} the nodes are not good enough to start now */
  async start(): Promise<void> {
    const { contract, deployedAtBlock } = this.#stage;
    const config = parseConfig({
      home: this.#home,
      rpcUrl: this.#nodes.map(({ name }) => `http://${name}`),
      contract,
      deployedAtBlock,
      trackerUrl: "http://127.0.0.1:2/announce",
      operatorKey: bytesToHex(OPERATOR.secret),
      allotterKey: bytesToHex(ALLOTTER.secret),
      maxAheadSec: 900,
    });
    const log = pino({ level: process.env.FLOODGATE_CHAOS_LOG ?? "silent" }, pino.destination(2));
    const readiness = createReadiness(log);
    const keys = createKeys(config.keys, { log, readiness });
    const connection = await connectChain(config, keys, log, this.#nodes);
    this.#store = await openStore(this.#home);
    try {
      const store = this.#killable(this.#store);
      await claimNetwork(store.db, `31337:${contract}`);
      const chain = await followChain(connection, { config, store, derive: deriveFromEvents, log });
      await keys.follow(chain);
      const clock = { now: () => chain.latest.timestamp, sawBlock: () => undefined };
      this.context = {
        config,
        store,
        chain,
        clock,
        keys,
        presence: createPresence(clock, config.params.pushIntervalSec),
        funds: createFundsView(clock),
        nonces: createLoginNonces(),
        wishes: new Wishes(),
        revocations: await openRevocations(store, clock.now()),
        log,
        readiness,
        gasWorth: createGasWorth(config.params, () => chain.readGasPrice()),
        metainfo: openMetainfoFiles(this.#home),
        parseMetainfo: createMetainfoParser(),
        separator: hashDomain({ chainId: 31_337, contract }),
        signing: this.#signing,
        secrets: { operator: "0".repeat(64), token: "1".repeat(64) },
        wake: () => undefined,
      };
    } catch (error) {
      await this.#store.close();
      this.#store = null;
      throw error;
    }
    this.#compose();
  }

  #compose(): void {
    const { context } = this;
    this.charges = createCharges(context, createTestCards(context.store.db));
    const outbox: Outbox = createOutbox(context, createEndings(context));
    this.#parts = [
      () => context.chain.poll(),
      this.charges.finish,
      createAllowanceWatch(context),
      () => settleReady(context),
      () => claimMissing(context),
      () => payDueWithdrawals(context),
      outbox.step,
    ];
  }

  get isRunning(): boolean {
    return this.#store !== null;
  }

  /** One round; a part that fails stops no other. `judge`: decides what its error means. */
  async round(judge: (error: unknown) => void): Promise<void> {
    for (const part of this.#parts) await part().catch(judge);
  }

  /** The process dies at the query after the next `queries`. */
  killAfter(queries: number): void {
    this.#queriesLeft = queries;
  }

  async kill(): Promise<void> {
    this.#queriesLeft = Number.POSITIVE_INFINITY;
    await this.#store?.close();
    this.#store = null;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }

  #killable(store: Store): Store {
    const killer: KyselyPlugin = {
      transformQuery: ({ node }) => {
        if (this.#queriesLeft-- <= 0) throw new Killed();
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    return {
      ...store,
      db: store.db.withPlugin(killer),
      transaction: (fn) => store.transaction((trx) => fn(trx.withPlugin(killer))),
    };
  }
}
