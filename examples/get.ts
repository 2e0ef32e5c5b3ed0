import { openNodeHome } from "../client/account/node-home.ts";
import { askForOffer } from "../client/account/offer.ts";
import { runPeer } from "../client/run-peer.ts";
import { openPeerStore } from "../client/store/peer-store.ts";

/**
 * Downloads a content into a directory, and pays for each piece. `home` is a directory made by
 * `floodgate register`; `id` is the content's infohash. Returns what was paid, base units.
 */
export async function get(
  options: { home: string; passphrase: string; id: string; directory: string },
  signal: AbortSignal,
): Promise<{ paid: bigint }> {
  const { home: path, passphrase, id, directory } = options;
  const home = openNodeHome(path, { file: undefined, environment: passphrase, prompt: null });
  const { offer } = await askForOffer(home, id, signal);
  const { opened, torrent, metainfo } = await offer;
  const { infoHash, sharePercent } = torrent;
  const pricePerGiB = BigInt(torrent.pricePerGiB);

  let result = () => ({ paid: 0n });
  const listen = { host: "127.0.0.1", torrentPort: 0, libp2pPort: 0 };
  const openStore = () => openPeerStore(path);
  const log = console.error;
  const rest = { home, openStore, listen, log, need: "spend", uploadLimit: null, maxSpend: null, check: null } as const;
  await runPeer({ ...rest, signal }, opened, async ({ peer, stopped, totals }) => {
    result = totals;
    const content = await peer.download({
      ...{ metainfo, infoHash, pricePerGiB, sharePercent, directory },
      onEvent: () => undefined,
    });
    const outcome = await Promise.race([content.complete.then(() => "done" as const), stopped]);
    if (outcome !== "done") return "stopped";
    // Pays the rest, and tells every payee that nothing more is bought.
    await peer.finish(infoHash);
    return "done";
  });
  return result();
}
