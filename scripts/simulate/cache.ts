import Table from "cli-table3";
import { type CacheBooks, expectedResales, leastSales, type PieceMarket } from "../../client/torrent/picker/resale.ts";

/**
 * When a cache should buy a piece (docs/decisions/021). A swarm in turns of one second: each peer
 * sends as many pieces as its line takes to neighbours that lack them. Numbers alone; nothing here
 * runs on a network. Money is counted in prices of a piece.
 */

type Rule = (market: PieceMarket, books: CacheBooks) => boolean;

interface Scenario {
  readonly seeders: number;
  /** Seconds at which a leecher comes. It leaves when it has all, unless `stays`. */
  readonly arrivals: readonly number[];
  readonly stays: boolean;
  /** They ask for everything, and never buy. */
  readonly liars: number;
  readonly caches: number;
  readonly seconds: number;
}

interface Peer {
  readonly kind: "seeder" | "leecher" | "liar" | "cache";
  readonly has: Set<number>;
  readonly neighbours: Set<Peer>;
  readonly line: number;
  spent: number;
  sold: number;
}

const PIECES = 64;
/** Pieces a second: a leecher's line, and a cache's. */
const LINE = 1;
const CACHE_LINE = 32;
const WIRES = 12;
const CACHE_WIRES = 55;
const REWIRE_SEC = 10;
/** Of each sale; the default of `floodgate authority`. */
const FEE = 0.01;

let seed = 1;
/** Numerical Recipes' generator: the same run each time. */
function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

/** Each item once, from a place drawn by chance. */
function* fromAnywhere<T>(items: readonly T[]): Generator<T> {
  const start = Math.floor(random() * items.length);
  for (let i = 0; i < items.length; i++) yield items[(start + i) % items.length] as T;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function create(kind: Peer["kind"]): Peer {
  const has = kind === "seeder" ? Array.from({ length: PIECES }, (_, piece) => piece) : [];
  const line = kind === "cache" ? CACHE_LINE : kind === "liar" ? 0 : LINE;
  return { kind, has: new Set(has), neighbours: new Set(), line, spent: 0, sold: 0 };
}

/** Wires between peers drawn by chance, none between seeders. */
function wire(peers: readonly Peer[]): void {
  const isFull = ({ kind, neighbours }: Peer): boolean => neighbours.size >= (kind === "cache" ? CACHE_WIRES : WIRES);
  for (const peer of peers) peer.neighbours.clear();
  for (const peer of shuffled(peers)) {
    for (const other of shuffled(peers)) {
      if (isFull(peer)) break;
      if (other === peer || isFull(other) || (peer.kind === "seeder" && other.kind === "seeder")) continue;
      peer.neighbours.add(other);
      other.neighbours.add(peer);
    }
  }
}

/** What the neighbours of a cache say now, by piece. */
function marketsOf(cache: Peer): PieceMarket[] {
  return Array.from({ length: PIECES }, (_, piece) => {
    let [asking, holding] = [0, 0];
    for (const other of cache.neighbours) {
      if (other.has.has(piece)) holding++;
      else if (other.kind !== "cache") asking++;
    }
    return { asking, holding };
  });
}

/** What `peer` gets of `from` now, the rarest in the swarm first. */
function choose(peer: Peer, from: Peer, owners: readonly number[], isWorth: (piece: number) => boolean): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const piece of from.has) {
    if (peer.has.has(piece) || !isWorth(piece)) continue;
    const score = (owners[piece] as number) + random();
    if (score < least) [best, least] = [piece, score];
  }
  return best;
}

/** In thousandths of a piece's price. */
function booksOf({ spent, sold }: Peer, stopLoss: number): CacheBooks {
  const whole = (pieces: number): bigint => BigInt(Math.round(1_000 * Math.min(pieces, 1e9)));
  return { spent: whole(spent), earned: whole(sold * (1 - FEE)), stopLoss: whole(stopLoss) };
}

/** One second: everybody sends what its line takes. */
function pass(peers: readonly Peer[], owners: number[], rule: Rule, stopLoss: number): void {
  const markets = new Map<Peer, PieceMarket[]>();
  for (const peer of peers) if (peer.kind === "cache") markets.set(peer, marketsOf(peer));
  const isWorth = (buyer: Peer, piece: number): boolean => {
    const market = markets.get(buyer)?.[piece];
    return market === undefined || rule(market, booksOf(buyer, stopLoss));
  };
  const mayBuy = ({ kind, has, spent, sold }: Peer): boolean =>
    kind === "cache" ? spent + 1 <= stopLoss + sold * (1 - FEE) : kind === "leecher" && has.size < PIECES;
  for (const from of shuffled(peers)) {
    const neighbours = [...from.neighbours];
    for (let left = from.line; left > 0; left--) {
      for (const buyer of fromAnywhere(neighbours)) {
        const piece = mayBuy(buyer) ? choose(buyer, from, owners, (one) => isWorth(buyer, one)) : null;
        if (piece === null) continue;
        buyer.has.add(piece);
        owners[piece] = (owners[piece] as number) + 1;
        buyer.spent++;
        from.sold++;
        break;
      }
    }
  }
}

function run(scenario: Scenario, rule: Rule, stopLoss: number) {
  seed = 1;
  const peers: Peer[] = [];
  const all: Peer[] = [];
  const add = (kind: Peer["kind"]): void => {
    const peer = create(kind);
    peers.push(peer);
    all.push(peer);
  };
  for (let i = 0; i < scenario.seeders; i++) add("seeder");
  for (let i = 0; i < scenario.caches; i++) add("cache");
  for (let i = 0; i < scenario.liars; i++) add("liar");
  const waiting = [...scenario.arrivals];
  const owners = Array.from({ length: PIECES }, () => scenario.seeders);
  for (let second = 0; second < scenario.seconds; second++) {
    for (; (waiting[0] ?? Number.POSITIVE_INFINITY) <= second; waiting.shift()) add("leecher");
    if (second % REWIRE_SEC === 0) wire(peers);
    pass(peers, owners, rule, stopLoss);
    for (const peer of [...peers]) {
      if (scenario.stays || peer.kind !== "leecher" || peer.has.size < PIECES) continue;
      peers.splice(peers.indexOf(peer), 1);
    }
  }
  const sum = (kind: Peer["kind"], of: (peer: Peer) => number): number =>
    all.filter((peer) => peer.kind === kind).reduce((total, peer) => total + of(peer), 0);
  const results = all.filter(({ kind }) => kind === "cache").map(({ spent, sold }) => sold * (1 - FEE) - spent);
  const sold = all.reduce((total, peer) => total + peer.sold, 0);
  return {
    origin: sum("seeder", (peer) => peer.sold) / sold,
    worst: Math.min(...results),
    mean: results.reduce((total, result) => total + result, 0) / Math.max(1, results.length),
  };
}

const every = (seconds: number, count: number): number[] => Array.from({ length: count }, (_, i) => i * seconds);
const REST = { stays: true, liars: 0, caches: 5, seconds: 300 };
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "10 + 100 at once": { ...REST, seeders: 10, arrivals: every(0, 100) },
  "one each 10 s, leaves": { ...REST, seeders: 3, arrivals: every(10, 30), stays: false },
  "one each 60 s, leaves": { ...REST, seeders: 3, arrivals: every(60, 10), stays: false, seconds: 600 },
  "three at once": { ...REST, seeders: 3, arrivals: every(0, 3) },
  "30 + 10 at once": { ...REST, seeders: 30, arrivals: every(0, 10) },
  "2, and 20 liars": { ...REST, seeders: 3, arrivals: every(0, 2), liars: 20 },
};
const atLeast =
  (sales: number): Rule =>
  (market) =>
    expectedResales(market) >= sales;
const built: Rule = (market, books) => market.asking > 0 && expectedResales(market) >= leastSales(books);
const RULES: Readonly<Record<string, { readonly rule: Rule; readonly stopLoss: number }>> = {
  "no caches": { rule: () => false, stopLoss: 0 },
  "everything, no stop-loss": { rule: () => true, stopLoss: Number.POSITIVE_INFINITY },
  everything: { rule: () => true, stopLoss: PIECES / 4 },
  "1 sale": { rule: atLeast(1), stopLoss: PIECES / 4 },
  "2 sales": { rule: atLeast(2), stopLoss: PIECES / 4 },
  "4 sales": { rule: atLeast(4), stopLoss: PIECES / 4 },
  "2 sales, a probe, profit (built)": { rule: built, stopLoss: PIECES / 4 },
};

const table = new Table({
  head: ["origin's share; worst, mean cache", ...Object.keys(SCENARIOS)],
  style: { head: [], border: [] },
});
for (const [name, { rule, stopLoss }] of Object.entries(RULES)) {
  const cells = Object.values(SCENARIOS).map((scenario) => {
    const { origin, worst, mean } = run(scenario, rule, stopLoss);
    return `${(100 * origin).toFixed(0)} %; ${worst.toFixed(0)}, ${mean.toFixed(0)}`;
  });
  table.push([name, ...cells]);
}
console.log(table.toString());
