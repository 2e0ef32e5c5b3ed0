import type { Peer } from "../peer.ts";
import type { TransferLimits } from "../torrent/content/content-limits.ts";

export type LimitedPeer = Pick<Peer, "setLimits" | "setMaxWires">;

/**
 * The peer of a home, and those beside it that buy for sponsors: what is set for all contents holds
 * for each of them.
 */
export class AllPeers implements LimitedPeer {
  readonly #peers = new Set<LimitedPeer>();
  #limits: TransferLimits = { up: null, down: null };
  #wires: number | null = null;

  constructor(first: LimitedPeer) {
    this.#peers.add(first);
  }

  /** Returns how it leaves. */
  join(peer: LimitedPeer): () => void {
    peer.setLimits(this.#limits);
    peer.setMaxWires(this.#wires);
    this.#peers.add(peer);
    return () => void this.#peers.delete(peer);
  }

  setLimits(limits: TransferLimits): void {
    this.#limits = limits;
    for (const peer of this.#peers) peer.setLimits(limits);
  }

  setMaxWires(most: number | null): void {
    this.#wires = most;
    for (const peer of this.#peers) peer.setMaxWires(most);
  }
}
