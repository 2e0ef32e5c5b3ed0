import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Network, PeerIdentity } from "../../../client/identity.ts";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { identityOf } from "../../../client/wallet/session.ts";
import { readSession } from "../../../client/wallet/session-file.ts";
import {
  CREDIT_BYTES,
  CREDIT_BYTES_FRACTION,
  CREDIT_FRACTION,
  CREDIT_PIECES,
} from "../../../protocol/base/constants.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { type BenchAccount, registerAll } from "../../../scripts/bench/swarm/accounts.ts";
import type { CommandRunner } from "../../../scripts/devnet/command.ts";
import { startWorld, TestRunner, type World } from "../../support/world.ts";
import { startTalking, type Talking } from "./process.ts";

/** How much of everything: a few seconds in `npm test`, minutes in `npm run test:adversaries`. */
export interface Size {
  readonly freeRiders: number;
  readonly sellers: number;
  readonly connections: number;
  readonly badVouchers: number;
  /** Of each flood of the authority's API. */
  readonly apiRequests: number;
  /** Shares of bad pieces in percent; each has a seller of its own. */
  readonly badPercents: readonly number[];
  /** Downloads with and without bad sellers, to compare their times. */
  readonly halfBadRounds: number;
  /** Pieces of a content, 64 KiB each. */
  readonly pieces: number;
}

export const SMALL: Size = {
  freeRiders: 2,
  sellers: 1,
  connections: 8,
  badVouchers: 2_000,
  apiRequests: 1_500,
  badPercents: [100],
  halfBadRounds: 0,
  pieces: 64,
};
export const LARGE: Size = {
  freeRiders: 100,
  sellers: 3,
  connections: 50,
  badVouchers: 100_000,
  apiRequests: 20_000,
  badPercents: [1, 50, 100],
  halfBadRounds: 5,
  pieces: 256,
};

export const PIECE = 64 * 1024;
/** Base units per GiB. */
export const PRICE: Amount = 1_000_000n;
const DEPOSIT: Amount = 5_000_000n;

/** A customer that a cheat, or a peer inside this process, acts as. */
export interface Person extends BenchAccount {
  readonly identity: PeerIdentity;
  readonly network: Network;
}

export interface Goods {
  readonly infoHash: InfoHash;
  readonly metainfo: Uint8Array;
  readonly path: string;
  readonly sizeBytes: number;
}

/** An honest seller, or one with a preloaded vice: a process of `floodgate seed`. */
export interface Seller extends Talking {
  readonly person: Person;
}

/** Real programs and real money, for honest people and for cheats. */
export interface Arena extends AsyncDisposable {
  readonly world: World;
  readonly size: Size;
  people(...names: readonly string[]): Promise<Person[]>;
  /** Publishes random bytes: `size.pieces`, or so many. */
  publish(name: string, publisher: Person, pieces?: number): Promise<Goods>;
  /**
   * Resolves when it serves. `vice`: see crooked-wire.ts. `uploadKiB`: at most so much a second.
   */
  seed(person: Person, goods: Goods, vice?: string, uploadKiB?: number): Promise<Seller>;
  /** An honest download, as a process of `floodgate get`; it ends when it is complete. */
  get(person: Person, goods: Goods): Talking;
}

const CROOKED_WIRE = pathToFileURL(join(import.meta.dirname, "crooked-wire.ts")).href;

export async function openArena(size: Size): Promise<Arena> {
  const world = await startWorld([], ["--requests-per-minute", "1000000"]);
  const { network, directory, runner } = world;
  const crooks = new Map<string, CommandRunner>();
  const runnerOf = (vice: string | undefined): CommandRunner => {
    if (vice === undefined) return runner;
    const known = crooks.get(vice) ?? new TestRunner(viceEnvironment(vice));
    crooks.set(vice, known);
    return known;
  };
  return {
    world,
    size,
    async people(...names) {
      const accounts = await registerAll(network.apiUrl, directory, names, DEPOSIT);
      return Promise.all(accounts.map((account) => toPerson(account, network.apiUrl)));
    },
    async publish(name, publisher, pieces = size.pieces) {
      const sizeBytes = pieces * PIECE;
      const path = world.randomFile(name, sizeBytes);
      // `floodgate publish` wants a wallet's file, and these people have none.
      const { trackerUrl } = await publisher.authority.info();
      const metainfo = await createMetainfo(path, { trackerUrl, isPaid: true });
      const query = { title: name, pricePerGiB: PRICE.toString() };
      const { infoHash } = await publisher.authority.publish(metainfo, query);
      return { infoHash, metainfo, path, sizeBytes };
    },
    async seed(person, { infoHash, path }, vice, uploadKiB) {
      const limit = uploadKiB === undefined ? [] : ["--upload-limit", String(uploadKiB)];
      const args = ["seed", infoHash, "--file", path, "--home", person.home, ...limit];
      const talking = startTalking(runnerOf(vice), args);
      await talking.said(({ event }) => event === "ready");
      return Object.create(talking, { person: { value: person } }) as Seller;
    },
    get({ home }, { infoHash }) {
      return startTalking(runner, ["get", infoHash, "--out", join(home, "downloads"), "--home", home]);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...crooks.values()].map((crook) => crook.stopAll()));
      await world[Symbol.asyncDispose]();
    },
  };
}

/**
 * Most bytes that the authority lets an account without history owe on this content, over all
 * payees (docs/protocol.md 4.11).
 */
export function strangersCredit({ sizeBytes }: Goods): number {
  const ofBytes = Math.min(CREDIT_BYTES, Math.floor(sizeBytes / CREDIT_BYTES_FRACTION));
  return Math.max(CREDIT_PIECES * PIECE, Math.floor(sizeBytes / CREDIT_FRACTION), ofBytes);
}

export function keysOf(sellers: readonly Seller[]): ReadonlySet<Address> {
  return new Set(sellers.map(({ person }) => person.identity.sessionKey));
}

function viceEnvironment(vice: string): Record<string, string> {
  return { FLOODGATE_PASSPHRASE: "unused", FLOODGATE_VICE: vice, NODE_OPTIONS: `--import ${CROOKED_WIRE}` };
}

async function toPerson(account: BenchAccount, apiUrl: string): Promise<Person> {
  const session = await readSession(account.home);
  if (!session) throw new Error(`no session in ${account.home}`);
  const info = await account.authority.info();
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  mkdirSync(join(account.home, "downloads"), { recursive: true });
  return { ...account, identity: identityOf(session), network: { apiUrl, info, separator } };
}
