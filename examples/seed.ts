import { basename } from "node:path";
import { openAccount } from "../client/account/account.ts";
import { openNodeHome } from "../client/account/node-home.ts";
import { runPeer } from "../client/run-peer.ts";
import { openPeerStore } from "../client/store/peer-store.ts";
import { createMetainfo } from "../client/torrent/making/create-metainfo.ts";

/**
 * Publishes a file and serves it until `signal` fires, paid for each piece. `home` is a directory
 * made by `floodgate register`; `pricePerGiB` counts base units; `onReady` gets the content's id.
 */
export async function seed(
  options: { home: string; passphrase: string; file: string; pricePerGiB: bigint },
  signal: AbortSignal,
  onReady: (infoHash: string) => void,
): Promise<{ earned: bigint }> {
  const { home: path, passphrase, file, pricePerGiB } = options;
  const home = openNodeHome(path, { file: undefined, environment: passphrase, prompt: null });
  const { client, network } = await openAccount(home, "serve", signal);
  const isPaid = pricePerGiB > 0n;
  const metainfo = await createMetainfo(file, { trackerUrl: network.info.trackerUrl, isPaid });
  const title = basename(file);
  const { infoHash } = await client.publish(metainfo, { title, pricePerGiB: `${pricePerGiB}` }, signal);

  let result = () => ({ earned: 0n });
  const listen = { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 };
  const openStore = () => openPeerStore(path);
  const log = console.error;
  const rest = { home, openStore, listen, log, need: "serve", uploadLimit: null, maxSpend: null, check: null } as const;
  await runPeer({ ...rest, signal }, { client, network }, async ({ peer, stopped, totals }) => {
    await peer.seed({ metainfo, infoHash, pricePerGiB, path: file, onEvent: () => undefined });
    result = totals;
    onReady(infoHash);
    await stopped;
    return "stopped";
  });
  return result();
}
