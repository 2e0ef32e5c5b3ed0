import { readPeerPage } from "../../../../cli/pages/peer-page.ts";
import type { ContentView } from "../../../../client/contents/content-view.ts";
import type { ContentWire } from "../../../../client/contents/content-wires.ts";
import type { Contents } from "../../../../client/contents/contents.ts";
import type { HeldFile, PlayedFiles } from "../../../../client/contents/played-files.ts";
import { NO_CONTENT_SETTINGS } from "../../../../client/contents/settings.ts";
import type { WireMoney } from "../../../../client/exchange.ts";
import { createEventHub } from "../../../../client/local-api/event-hub.ts";
import { startLooking } from "../../../../client/local-api/live-events.ts";
import { createRateHistory, type RateHistory } from "../../../../client/local-api/rate-history.ts";
import type { LocalPeer } from "../../../../client/local-api/routes.ts";
import { type LocalApi, startLocalApi } from "../../../../client/local-api/server.ts";
import type { Standing } from "../../../../client/store/records.ts";
import { createReaders } from "../../../../client/stream/readers.ts";
import { AccessError } from "../../../../protocol/base/errors.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { INFO } from "../../../client/account/fakes.ts";

const TOKEN = { symbol: "TUSD", decimals: 6 };
const ACCOUNT = `0x${"5e".repeat(20)}` as Address;

/** What a test says that the peer holds. */
export interface Staged {
  readonly contents: ContentView[];
  wires: readonly StagedWire[];
  files: readonly HeldFile[];
  banned: readonly Standing[];
  readonly token?: { readonly symbol: string; readonly decimals: number };
  readonly directory?: string;
  /** The oldest first. */
  readonly rates?: readonly { readonly rateDown: number; readonly rateUp: number }[];
  /** Files on the disk that are played, by their index. */
  readonly played?: readonly { readonly path: string; readonly name: string; readonly length: number }[];
}

export type StagedWire = Omit<ContentWire, "badPieces" | "defaults">;

/** A content of no matter; `change` says what does. */
export function staged(number: number, change: Partial<ContentView> = {}): ContentView {
  const outlook = { obstacles: [], sellers: 1, requested: 0, shortage: null };
  return {
    infoHash: number.toString(16).padStart(40, "0"),
    title: `Content ${number}`,
    pricePerGiB: 1_000_000n,
    sharePercent: 0,
    pieceLength: 1024 * 1024,
    place: "download",
    path: "/home/you/Films",
    state: "seeding",
    ...{ problem: null, trackerProblem: null, bytesDone: 700_000_000, sizeBytes: 700_000_000 },
    ...{ rateDown: 0, rateUp: 0, peers: 0, paid: 651_926n, earned: 0n, spendLeft: null, outlook },
    settings: NO_CONTENT_SETTINGS,
    ...change,
  };
}

/** The API and page of a peer that does nothing but say what the test has set. */
export class StagedPeer implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly faults: unknown[] = [];
  readonly local: LocalPeer;
  #api!: LocalApi;
  readonly #stop: () => void;

  private constructor(scene: Staged) {
    this.local = localOf(scene, this.asked);
    this.#stop = startLooking(this.local, startTimer, (error) => void this.faults.push(error));
  }

  static async open(scene: Staged): Promise<StagedPeer> {
    const peer = new StagedPeer(scene);
    const onFault = (error: unknown): void => void peer.faults.push(error);
    peer.#api = await startLocalApi(peer.local, { port: 0, onFault, pages: readPeerPage });
    return peer;
  }

  /** Without a slash at its end. */
  get site(): string {
    return this.#api.endpoint.url.slice(0, -1);
  }

  get token(): string {
    return this.#api.endpoint.token;
  }

  /** An address that logs one browser in, once, from the slash. */
  async door(): Promise<string> {
    const answer = await fetch(`${this.site}/v1/page/codes`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}` },
    });
    const { code } = (await answer.json()) as { code: string };
    return `/#code=${code}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    this.local.events.close();
    await this.#api.close();
  }
}

function localOf(scene: Staged, asked: string[]): LocalPeer {
  const network = { info: { ...INFO, token: { address: ACCOUNT, ...(scene.token ?? TOKEN) } } };
  const money = new Map(scene.wires.map(({ bought, sold }, i) => [`wire-${i}`, { bought, sold }]));
  const settings = new Map<string, string>();
  const store = {
    readSetting: (name: string) => settings.get(name) ?? null,
    saveSetting: async (name: string, value: string) => void settings.set(name, value),
    findStanding: (account: Address) =>
      scene.banned.find((one) => one.account === account) ?? { badPieces: 0, defaults: 0 },
    listBanned: () => scene.banned,
  };
  const peer = {
    ...{ torrentPort: 6881, libp2pPort: 6882 },
    capsChanged: () => undefined,
    wireMoney: (wireId: string): WireMoney => money.get(wireId) ?? { bought: null, sold: null },
  };
  const totals = () => ({ bytesDown: 700_000_000, bytesUp: 2_400_000_000, paid: 651_926n, earned: 2_234_567n });
  return {
    run: { peer, store, totals, account: { network, identity: { account: ACCOUNT } } },
    contents: { ...contentsOf(scene, asked), peerOf: () => peer },
    files: filesOf(scene),
    events: createEventHub(),
    rates: ratesOf(scene),
    limits: { apply: () => undefined, stop: () => undefined },
    month: {
      view: () => ({ bytesDown: 0, bytesUp: 0, endsAt: 1_800_576_000, isUsedUp: false }),
      look: async () => undefined,
    },
    directory: scene.directory ?? "/home/you/Downloads",
    startedAtMs: performance.now() - 5_000_000,
    nowMs: () => performance.now(),
    nowSec: () => 1_800_000_000,
    signal: new AbortController().signal,
    stop: () => undefined,
  } as unknown as LocalPeer;
}

/** Half an hour of the past, ending with the rates of now. */
function ratesOf({ rates = [] }: Staged): RateHistory {
  const history = createRateHistory();
  for (const sample of rates) history.add(sample);
  return history;
}

function contentsOf(
  scene: Staged,
  asked: string[],
): Pick<Contents, "list" | "get" | "find" | "busy" | "rates" | "running" | "add" | "set" | "move"> {
  const find = (id: string): ContentView => {
    const found = scene.contents.find(({ infoHash }) => infoHash.startsWith(id));
    if (!found) throw new AccessError("CONTENT_UNKNOWN", `no content ${id}`);
    return found;
  };
  const note = (what: string) => async (id: string) => void asked.push(`${what} ${id}`);
  const wires = () =>
    scene.wires.map(({ isPaid, bought: _bought, sold: _sold, ...traffic }, i) => ({
      ...traffic,
      wireId: isPaid ? `wire-${i}` : null,
    }));
  return {
    list: () => scene.contents,
    get: (infoHash) => scene.contents.find((one) => one.infoHash === infoHash) ?? null,
    find,
    busy: () => scene.contents.filter(({ rateDown, rateUp }) => rateDown + rateUp > 0).map(({ infoHash }) => infoHash),
    rates: () => ({
      count: scene.contents.length,
      rateDown: Math.round(scene.contents.reduce((sum, { rateDown }) => sum + rateDown, 0)),
      rateUp: Math.round(scene.contents.reduce((sum, { rateUp }) => sum + rateUp, 0)),
      wires: scene.contents.reduce((sum, { peers }) => sum + peers, 0),
    }),
    running: () => ({ wires, isOnDisk: () => true, readFrom: () => undefined }) as never,
    ...{ add: refuse, set: refuse, move: refuse },
    ...{ pause: note("pause"), resume: note("resume"), remove: note("remove"), verify: note("verify") },
  };
}

async function refuse(): Promise<never> {
  throw new AccessError("CONTENT_UNKNOWN", "this peer is staged: it does nothing");
}

function filesOf(scene: Staged): PlayedFiles {
  return {
    list: async () => scene.files,
    async open(infoHash, index) {
      const found = scene.played?.[index];
      if (!found) throw new AccessError("FILE_UNKNOWN", "nothing is played here");
      const { path, name, length } = found;
      const readers = createReaders({ first: 0, last: 0 });
      readers.use({ isOnDisk: () => true, readFrom: () => undefined });
      return {
        file: { path, part: null, offset: 0, length, pieceLength: length },
        readers,
        name,
        etag: `"${infoHash}-${index}"`,
      };
    },
    arrived: () => undefined,
    changed: () => undefined,
  };
}

function startTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
