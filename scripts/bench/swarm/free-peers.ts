import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import parseTorrent from "parse-torrent";
import WebTorrent, { type Torrent, type Wire } from "webtorrent";
import type { CrowdSpec, PeerSpec } from "./child.ts";
import { serveBench } from "./serve.ts";

/**
 * A process of plain WebTorrent peers, with the options that Floodgate's engine has where both have
 * them. No Floodgate code runs here.
 */

interface Running {
  readonly spec: PeerSpec;
  readonly client: WebTorrent;
  bytesUp: number;
  bytesDown: number;
}

let crowd: CrowdSpec;
let running: Running[] = [];

async function start(spec: PeerSpec): Promise<Running> {
  const client = new WebTorrent({
    torrentPort: { port: 0, host: "127.0.0.1" },
    maxConns: crowd.maxWires,
    uploadLimit: crowd.uploadLimit ?? -1,
    dht: false,
    lsd: false,
    utPex: false,
    natUpnp: false,
    natPmp: false,
    utp: false,
    webSeeds: false,
    secure: 0,
  });
  await once(client, "listening");
  return { spec, client, bytesUp: 0, bytesDown: 0 };
}

/** `directory`: where the file is, or goes to. */
async function enter(peer: Running, directory: string): Promise<Torrent> {
  const parsed = await parseTorrent(readFileSync(crowd.metainfo));
  // As Floodgate's picker does; in sequence, newcomers would have nothing to give each other.
  const options = { path: directory, strategy: "rarest" } as const;
  const torrent = peer.client.add({ ...parsed, announce: [crowd.network] }, options);
  torrent.on("wire", (wire: Wire) => {
    wire.on("upload", (bytes: number) => {
      peer.bytesUp += bytes;
    });
    wire.on("download", (bytes: number) => {
      peer.bytesDown += bytes;
    });
  });
  return torrent;
}

serveBench({
  async setUp(spec) {
    crowd = spec;
    running = await Promise.all(spec.peers.map(start));
    const { original } = spec;
    if (original === null) return;
    await Promise.all(
      running.map(async (peer) => {
        const torrent = await enter(peer, dirname(original));
        await Promise.all([once(torrent, "done"), once(torrent, "trackerAnnounce")]);
      }),
    );
  },
  async go(onComplete) {
    await Promise.all(
      running.map(async (peer) => {
        const directory = join(peer.spec.home, "downloads");
        mkdirSync(directory);
        const torrent = await enter(peer, directory);
        await once(torrent, "done");
        onComplete(peer.spec.name);
      }),
    );
  },
  async stop() {
    const reports = running.map(({ spec, bytesUp, bytesDown }) => {
      return { name: spec.name, bytesUp, bytesDown, paid: "0", earned: "0" };
    });
    await Promise.all(running.map(({ client }) => new Promise<void>((resolve) => client.destroy(() => resolve()))));
    return reports;
  },
});
