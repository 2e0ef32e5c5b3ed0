import { join } from "node:path";
import { createPeerClock } from "../../client/clock.ts";
import { createDialRule } from "../../client/dial-rule.ts";
import { createVoucherNode, type VoucherNode } from "../../client/payment/voucher-node.ts";
import { createTorrentEngine, type TorrentEngine } from "../../client/torrent/engine.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { type Goods, type Person, PRICE } from "./arena.ts";
import { Deal, type Pay } from "./deal.ts";
import { createGreedyPort, type Trade } from "./greedy-port.ts";

/** More than there are cheats, since they dial each other in vain. */
const MAX_WIRES = 300;

/**
 * A payer without scruples: it has the authority's lanes and the payees' streams as an honest one
 * has, asks for as much as it can, whatever the window, and pays as `pay` says. So what it gets is
 * limited by the payees alone.
 */
export interface GreedyPayer {
  readonly person: Person;
  readonly deals: readonly Deal[];
  /** Whole pieces with the right hash, beyond what the payees have stored vouchers for. */
  readonly unpaidBytes: number;
  /** What the authority let it owe to all its payees together. */
  readonly creditBytes: number;
  /** Opens the stream to this payee again; resolves when it has taken a lane on it. */
  redial(deal: Deal): Promise<void>;
  /** Ends all its connections; nothing comes any more. */
  leave(): Promise<void>;
  /** Leaves, and waits for the payees' answers: what it got unpaid is certain then. */
  rest(): Promise<void>;
  /** Comes again with new connections, the same account and session; after `leave`. */
  rejoin(): Promise<void>;
  stop(): Promise<void>;
}

/** `connections`: BitTorrent clients, each with its own peer id, that share one session. */
export async function startGreedyPayer(options: {
  readonly person: Person;
  readonly goods: Goods;
  readonly sellers: ReadonlySet<Address>;
  readonly pay: Pay;
  readonly connections?: number;
  /** Bytes that it asks for at a time; default: everything. */
  readonly appetite?: number;
}): Promise<GreedyPayer> {
  const { person, goods, sellers, pay, connections = 1 } = options;
  const { sessionKey, privateKey } = person.identity;
  const { infoHash } = goods;
  const appetite = options.appetite ?? goods.sizeBytes;
  const deals = new Map([...sellers].map((key) => [key, new Deal(key, person)]));
  const running: TorrentEngine[] = [];
  const clock = createPeerClock((await person.authority.info()).now, () => performance.now());
  let engineCount = 0;

  const node: VoucherNode = await createVoucherNode({
    privateKey,
    listen: { host: "127.0.0.1", port: 0 },
    isKnown: () => false,
    onConnected: () => undefined,
    onStream: (stream) => {
      stream.abort(new Error("it sells nothing"));
      return { message: () => undefined, closed: () => undefined };
    },
    onDialed: (stream) => (deals.get(stream.remoteKey) as Deal).opened(stream),
  });

  const trade: Trade = { person, infoHash, node, deals, pay, appetite, clock, requestedAt: 0 };

  const enter = async (): Promise<void> => {
    const name = `engine-${++engineCount}`;
    const payment = createGreedyPort(trade, name);
    const engine = await createTorrentEngine({
      host: "127.0.0.1",
      port: 0,
      trackerUrl: person.network.info.trackerUrl,
      dialing: createDialRule(person.network.info.trackerUrl, () => performance.now()),
      sessionKey,
      maxWires: MAX_WIRES,
    });
    running.push(engine);
    const place = { type: "download", directory: join(person.home, name) } as const;
    const paid = { pricePerGiB: PRICE, payment };
    await engine.add({ metainfo: goods.metainfo, infoHash, place, paid, onEvent: () => undefined });
    // The tracker names only some of a big swarm, and the authority gives lanes only to those.
    const again = setInterval(() => {
      if ([...deals.values()].some(({ newestLane }) => newestLane === null)) engine.port.reannounce(infoHash);
      for (const deal of deals.values()) deal.dial(node);
    }, 1_000);
    leaving.push(() => clearInterval(again));
  };
  const leaving: (() => void)[] = [];
  const leave = async (): Promise<void> => {
    for (const end of leaving.splice(0)) end();
    await Promise.all(running.splice(0).map((engine) => engine.stop(0)));
  };
  const rest = async (): Promise<void> => {
    await leave();
    await Promise.all([...deals.values()].map((deal) => deal.answered()));
  };
  for (let i = 0; i < connections; i++) await enter();

  return {
    person,
    get deals() {
      return [...deals.values()];
    },
    get unpaidBytes() {
      return [...deals.values()].reduce((sum, deal) => sum + deal.unpaidBytes, 0);
    },
    get creditBytes() {
      return [...deals.values()].reduce((sum, deal) => sum + deal.creditBytes, 0);
    },
    redial(deal) {
      deal.dial(node);
      return deal.accepted;
    },
    leave,
    rejoin: enter,
    rest,
    async stop() {
      await leave();
      await node.stop();
    },
  };
}
