import { join } from "node:path";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { joinNetwork } from "../account/network.ts";
import type { Peer, PeerOptions } from "../peer.ts";
import { type PeerRun, runPeer } from "../run-peer.ts";
import { openPeerStore, type PeerStore } from "../store/peer-store.ts";
import { getTicket, openTicketHome } from "./ticket.ts";

/** A peer for one download that a sponsor pays: it acts for the sponsor's account alone. */
export interface SponsoredPeer {
  readonly peer: Peer;
  readonly store: PeerStore;
  /** Pays what is owed, and closes all. */
  stop(): Promise<void>;
}

export interface SponsoredOptions extends Pick<PeerOptions, "log"> {
  /** Directory of the home for which it downloads; its own is below that. */
  readonly directory: string;
  readonly apiUrl: string;
  readonly host: string;
  readonly onTraffic: NonNullable<PeerOptions["onTraffic"]>;
  readonly signal: AbortSignal;
}

export function ticketDirectory(home: string, infoHash: InfoHash): string {
  return join(home, "sponsored", infoHash);
}

/**
 * Gets a ticket, or goes on with the one that the home has. `onFailed`: it ended by itself.
 * @throws as `getTicket` and `runPeer`
 */
export async function openSponsoredPeer(
  infoHash: InfoHash,
  { directory, apiUrl, host, onTraffic, log, signal }: SponsoredOptions,
  onFailed: (error: unknown) => void,
): Promise<SponsoredPeer> {
  const home = openTicketHome(ticketDirectory(directory, infoHash));
  const opened = await joinNetwork(home, apiUrl, signal);
  await getTicket(home, opened, infoHash, signal);
  const told = new AbortController();
  const started = Promise.withResolvers<PeerRun>();
  const options = {
    ...{ home, uploadLimit: null, maxSpend: null, check: null, log },
    need: "spend" as const,
    openStore: () => openPeerStore(home.name),
    settings: () => ({ onTraffic }),
    listen: { host, torrentPort: 0, libp2pPort: 0 },
    signal: told.signal,
  };
  const running = runPeer(options, opened, async (run) => {
    started.resolve(run);
    await run.stopped;
  }).catch((error: unknown) => {
    started.reject(error);
    if (!told.signal.aborted) onFailed(error);
  });
  const { peer, store } = await started.promise;
  return {
    peer,
    store,
    async stop() {
      told.abort();
      await running;
    },
  };
}
