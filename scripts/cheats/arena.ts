import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Network, PeerIdentity } from "../../client/identity.ts";
import { createMetainfo } from "../../client/torrent/making/create-metainfo.ts";
import { identityOf } from "../../client/wallet/session.ts";
import { readSession } from "../../client/wallet/session-file.ts";
import { CREDIT_BYTES, CREDIT_BYTES_FRACTION, CREDIT_FRACTION, CREDIT_PIECES } from "../../protocol/base/constants.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import { type BenchAccount, registerAll } from "../bench/swarm/accounts.ts";
import type { CommandRunner, Line } from "../devnet/command.ts";
import { startWorld, type World } from "../devnet/world.ts";
import { startTalking, type Talking } from "./talking.ts";

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

/** Who wants to know what happens in an arena, such as the demo's live page. */
export interface Onlooker {
  entered(person: Person): void;
  published(goods: Goods & { readonly title: string; readonly pricePerGiB: Amount }): void;
  /** A line of this person's `seed` or `get`. */
  said(name: string, line: Line): void;
  left(name: string): void;
  /** Cases go on elsewhere: on another network, until that ends. */
  movedTo(world: World): void;
}

/** Makes a runner of commands that have these variables in their environment. */
export type CreateRunner = (environment: Record<string, string>) => CommandRunner;

/** Real programs and real money, for honest people and for cheats. Disposing ends the cheats. */
export interface Arena extends AsyncDisposable {
  readonly world: World;
  readonly size: Size;
  people(...names: readonly string[]): Promise<Person[]>;
  /** Whose session may spend so much, base units. */
  personWithLimit(name: string, limit: Amount): Promise<Person>;
  /** Publishes random bytes: `size.pieces`, or so many. */
  publish(name: string, publisher: Person, pieces?: number): Promise<Goods>;
  /**
   * Resolves when it serves. `vice`: see crooked-wire.ts. `uploadKiB`: at most so much a second.
   */
  seed(person: Person, goods: Goods, vice?: string, uploadKiB?: number): Promise<Seller>;
  /** An honest download, as a process of `floodgate get`; it ends when it is complete. */
  get(person: Person, goods: Goods, how?: { readonly isSeeding: boolean }): Talking;
  /** Another network, with these options of `floodgate deploy`. */
  sideWorld(deployOptions: readonly string[]): Promise<World>;
}

const CROOKED_WIRE = pathToFileURL(join(import.meta.dirname, "crooked-wire.ts")).href;

/** An arena on a world that is there. */
export function openArena(world: World, size: Size, createRunner: CreateRunner, onlooker?: Onlooker): Arena {
  const { network, directory, runner } = world;
  const enter = (accounts: readonly BenchAccount[]): Promise<Person[]> =>
    Promise.all(
      accounts.map(async (account) => {
        const person = await toPerson(account, network.apiUrl);
        onlooker?.entered(person);
        return person;
      }),
    );
  const talk = (commands: CommandRunner, { name }: Person, args: readonly string[]): Talking =>
    startTalking(commands, args, {
      said: (line) => onlooker?.said(name, line),
      ended: () => onlooker?.left(name),
    });
  const crooks = new Map<string, CommandRunner>();
  const runnerOf = (vice: string | undefined): CommandRunner => {
    if (vice === undefined) return runner;
    const known = crooks.get(vice) ?? createRunner(viceEnvironment(vice));
    crooks.set(vice, known);
    return known;
  };
  return {
    world,
    size,
    async people(...names) {
      return enter(await registerAll(network.apiUrl, directory, names, DEPOSIT));
    },
    async personWithLimit(name, limit) {
      const [person] = await enter(await registerAll(network.apiUrl, directory, [name], DEPOSIT, limit));
      return person as Person;
    },
    async publish(name, publisher, pieces = size.pieces) {
      const sizeBytes = pieces * PIECE;
      const path = world.randomFile(name, sizeBytes);
      // `floodgate publish` wants a wallet's file, and these people have none.
      const { trackerUrl } = await publisher.authority.info();
      const metainfo = await createMetainfo(path, { trackerUrl, isPaid: true });
      const query = { title: name, pricePerGiB: PRICE.toString() };
      const { infoHash } = await publisher.authority.publish(metainfo, query);
      const goods = { infoHash, metainfo, path, sizeBytes };
      onlooker?.published({ ...goods, title: name, pricePerGiB: PRICE });
      return goods;
    },
    async seed(person, { infoHash, path }, vice, uploadKiB) {
      const limit = uploadKiB === undefined ? [] : ["--upload-limit", String(uploadKiB)];
      const args = ["seed", infoHash, "--file", path, "--home", person.home, ...limit];
      const talking = talk(runnerOf(vice), person, args);
      await talking.said(({ event }) => event === "ready");
      return Object.create(talking, { person: { value: person } }) as Seller;
    },
    get(person, { infoHash }, how) {
      const seed = how?.isSeeding ? ["--seed"] : [];
      const { home } = person;
      return talk(runner, person, ["get", infoHash, "--out", join(home, "downloads"), "--home", home, ...seed]);
    },
    async sideWorld(deployOptions) {
      const side = await startWorld(deployOptions, [], createRunner);
      onlooker?.movedTo(side);
      return side;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...crooks.values()].map((crook) => crook.stopAll()));
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
