import { readFileSync } from "node:fs";
import { AuthorityClient } from "../../../client/authority-client.ts";
import { tolerateGarbage } from "../../../client/heap-growth.ts";
import { createPeer } from "../../../client/peer.ts";
import { openPeerStore } from "../../../client/store/peer-store.ts";
import type { ContentEvent } from "../../../client/torrent/content/content.ts";
import { readMetainfo } from "../../../client/torrent/content/metainfo.ts";
import { identityOf } from "../../../client/wallet/session.ts";
import { readSession } from "../../../client/wallet/session-file.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { cheat } from "./bad-seller.ts";
import { cpuSeconds, createStopwatch, type PeerOrder, report, type TransferJob } from "./peer-protocol.ts";
import { traceWindows } from "./window-trace.ts";

/**
 * One side of a paid transfer: the peer that `floodgate seed` and `floodgate get` run, on a
 * registered account. Arguments: the job, the authority's URL.
 */

const STOP_MS = 15_000;

tolerateGarbage();

const job: TransferJob = JSON.parse(process.argv[2] ?? "");
const apiUrl = process.argv[3] ?? "";
const session = await readSession(job.home);
if (!session) throw new Error(`no session in ${job.home}`);
const identity = identityOf(session);
const authority = new AuthorityClient({ url: apiUrl }).withSession(identity);
const facts = await authority.info();
const info = job.trackerUrl === "" ? facts : { ...facts, trackerUrl: job.trackerUrl };
const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
const metainfo = readFileSync(job.metainfoPath);
const { infoHash } = parseMetainfo(metainfo);
const parsed = await readMetainfo(metainfo, infoHash);
const { pricePerGiB } = await authority.torrent(infoHash);
const store = openPeerStore(job.home);
if (job.fault !== null) cheat(job.fault);
const trace = job.isTraced ? await traceWindows(parsed.pieceLength) : null;
const fail = (error: Error): void => {
  throw error;
};
const peer = await createPeer({
  identity,
  network: { apiUrl, info, separator },
  store: trace ? trace.watch(store) : store,
  authority,
  listen: { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 },
  log: (line) => process.stderr.write(`${job.role}: ${line}\n`),
  onFatal: fail,
});
const stopwatch = createStopwatch(parsed.pieceLength, parsed.length);
const request = {
  metainfo,
  infoHash,
  pricePerGiB: BigInt(pricePerGiB),
  onEvent(event: ContentEvent) {
    if (event.type === "progress") stopwatch.piece();
    if (event.type === "failed") fail(event.error);
  },
};

process.on("message", (order: PeerOrder) => {
  if (order === "cpu") report({ type: "cpu", cpuSeconds: cpuSeconds() });
  else if (order === "trace") report({ type: "trace", events: trace?.events ?? [] });
  else
    void peer.stop(STOP_MS).then(() => {
      store.close();
      process.exit(0);
    });
});
if (job.role === "seed") await peer.seed({ ...request, path: job.path });
else {
  // The order in which plain WebTorrent asks for pieces.
  const content = await peer.download({ ...request, directory: job.path, order: "sequential" });
  content.complete.then(async () => {
    stopwatch.done();
    await peer.finish(infoHash);
  }, fail);
}
report({ type: "ready", torrentPort: peer.torrentPort });
