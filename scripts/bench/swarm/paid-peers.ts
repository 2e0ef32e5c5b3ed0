import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AuthorityClient } from "../../../client/authority-client.ts";
import { readCacheBooks } from "../../../client/contents/cache-terms.ts";
import { cacheSpendingOf } from "../../../client/contents/spending.ts";
import { createPeer, type Peer } from "../../../client/peer.ts";
import { openPeerStore, type PeerStore } from "../../../client/store/peer-store.ts";
import type { Content } from "../../../client/torrent/content/content.ts";
import type { ReadBooks } from "../../../client/torrent/picker/resale.ts";
import { identityOf } from "../../../client/wallet/session.ts";
import { readSession } from "../../../client/wallet/session-file.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import type { CrowdSpec, PeerSpec } from "./child.ts";
import { fail, say, serveBench } from "./serve.ts";

/**
 * A process of peers that pay and are paid, each with its own account, store, ports and libp2p
 * node.
 */

interface Running {
  readonly spec: PeerSpec;
  readonly peer: Peer;
  readonly store: PeerStore;
  readonly cache: ReadBooks | null;
}

const STOP_MS = 60_000;
const LISTEN = { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 };

let crowd: CrowdSpec;
let running: Running[] = [];

async function start(spec: PeerSpec): Promise<Running> {
  const session = await readSession(spec.home);
  if (!session) throw new Error(`no session in ${spec.home}`);
  const identity = identityOf(session);
  const authority = new AuthorityClient({ url: crowd.network }).withSession(identity);
  const info = await authority.info();
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  const store = openPeerStore(spec.home);
  const terms = crowd.cache && { budget: BigInt(crowd.cache.budget), stopLoss: BigInt(crowd.cache.stopLoss) };
  const peer = await createPeer({
    identity,
    network: { apiUrl: crowd.network, info, separator },
    store,
    authority,
    listen: LISTEN,
    maxWires: crowd.maxWires,
    uploadLimit: crowd.uploadLimit,
    spending: terms && cacheSpendingOf(store, terms, info.feeBps),
    log: (message) => say({ type: "warning", message: `${spec.name}: ${message}` }),
    onFatal: fail,
  });
  const ofContent = { ...request(), pieceLength: parseMetainfo(request().metainfo).pieceLength };
  return { spec, peer, store, cache: terms && readCacheBooks({ peer, store }, ofContent, terms, info.feeBps) };
}

/** A cache has what it needs only once the others ask: it is never complete. */
function startCache({ spec, peer, cache }: Running): Promise<Content> {
  const directory = join(spec.home, "downloads");
  mkdirSync(directory);
  return peer.download({ ...request(), directory, cache });
}

const request = () => ({
  metainfo: readFileSync(crowd.metainfo),
  infoHash: crowd.infoHash,
  pricePerGiB: BigInt(crowd.pricePerGiB),
  onEvent: () => undefined,
});

serveBench({
  async setUp(spec) {
    crowd = spec;
    running = await Promise.all(spec.peers.map(start));
    const path = spec.original;
    if (spec.cache) await Promise.all(running.map(startCache));
    if (path !== null) await Promise.all(running.map(({ peer }) => peer.seed({ ...request(), path })));
  },
  async go(onComplete) {
    await Promise.all(
      running.map(async ({ spec, peer }) => {
        const directory = join(spec.home, "downloads");
        mkdirSync(directory);
        const content = await peer.download({ ...request(), directory });
        const isComplete = await content.complete.then(
          () => true,
          () => false,
        );
        if (!isComplete) return;
        onComplete(spec.name);
        await peer.finish(crowd.infoHash);
      }),
    );
  },
  async stop() {
    await Promise.all(running.map(({ peer }) => peer.stop(STOP_MS)));
    return running.map(({ spec, peer, store }) => {
      const { bytesUp, bytesDown, paid, earned } = peer.totals();
      store.close();
      return { name: spec.name, bytesUp, bytesDown, paid: paid.toString(), earned: earned.toString() };
    });
  },
});
