import type { Peer, Torrent, Wire } from "webtorrent";
import { createDialBook } from "./dial-book.ts";
import { plainHost } from "./wire-admission.ts";

/** Whom one torrent dials, and when: webtorrent's own retries know nothing of full peers. */
export interface Dialer {
  /** The tracker has named these addresses, as webtorrent writes them. */
  named(addresses: readonly string[]): void;
  /** Those who refused us may be dialed as soon as they are named. */
  forgive(): void;
}

export interface DialRules {
  /** Wires that the torrent may have now. */
  readonly maxWires: () => number;
  /** A wire to this host would stay, and push nobody out. */
  readonly hasPlaceFor: (host: string) => boolean;
}

export interface DialerContext {
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
}

/** A connection that lasted so long was of use, even if nothing was sent. */
const USEFUL_MS = 30_000;
/** At this number of retries webtorrent leaves an address alone. */
const NO_RETRIES = 3;

export function createDialer(
  torrent: Torrent,
  { maxWires, hasPlaceFor }: DialRules,
  { now, setTimer }: DialerContext,
): Dialer {
  const book = createDialBook(now);

  /** Also over a connection that the other side has dialed. */
  const isConnected = (address: string): boolean => {
    const peerId = book.peerIdOf(address);
    return peerId !== null && torrent.wires.some((wire) => wire.peerId === peerId && !wire.destroyed);
  };
  const dial = (address: string): void => {
    if (!torrent.destroyed && book.mayDial(address) && !isConnected(address)) torrent.addPeer(address);
  };
  const watch = (peer: Peer, conn: NonNullable<Peer["conn"]>): void => {
    peer.retries = NO_RETRIES;
    const address = peer.id;
    const dialedAtMs = now();
    let wire: Wire | null = null;
    conn.once("connect", () => {
      wire = peer.wire;
    });
    conn.once("close", () => {
      if (torrent.destroyed) return;
      const waitMs = book.ended(address, wire?.peerId ?? null, isUseful(wire, now() - dialedAtMs));
      if (waitMs !== null) setTimer(() => dial(address), waitMs);
    });
  };

  const drain = torrent._drain.bind(torrent);
  torrent._drain = () => {
    const [next] = torrent._queue;
    if (!next || !hasRoom(torrent, maxWires()) || !hasPlaceFor(hostOf(next.id))) return;
    drain();
    if (next.conn) watch(next, next.conn);
  };
  return {
    named: (addresses) => addresses.forEach(dial),
    forgive: () => book.clear(),
  };
}

/** Half of the places are for those who dial: else all places would be taken by refused dials. */
function hasRoom({ _numConns, _numPending, _peers }: Torrent, most: number): boolean {
  if (_numConns + _numPending >= most) return false;
  const dialed = [..._peers.values()].filter(({ type, conn }) => type.endsWith("Outgoing") && conn !== null);
  return dialed.length < Math.ceil(most / 2);
}

function hostOf(address: string): string {
  return plainHost(address.replace(/:\d+$/, ""));
}

function isUseful(wire: Wire | null, livedMs: number): boolean {
  return wire !== null && (livedMs >= USEFUL_MS || wire.downloaded + wire.uploaded > 0);
}
