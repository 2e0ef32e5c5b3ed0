import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { Torrent } from "webtorrent";
import { createDialer, type Dialer } from "../../../../client/torrent/wire/dialer.ts";

/** webtorrent's queue of addresses, with connections that the test opens and closes. */
class FakeSwarm {
  nowMs = 0;
  readonly dialed: string[] = [];
  /** Hosts whose share of our places is taken. */
  readonly full = new Set<string>();
  readonly #timers = new Map<() => void, number>();
  readonly #dialer: Dialer;
  readonly torrent = {
    destroyed: false,
    wires: [] as { peerId: string; destroyed: boolean }[],
    _peers: new Map<string, FakePeer>(),
    _queue: [] as FakePeer[],
    _numConns: 0,
    _numPending: 0,
    addPeer: (address: string): boolean => {
      if (this.torrent._peers.has(address)) return false;
      const peer = new FakePeer(address);
      this.torrent._peers.set(address, peer);
      this.torrent._queue.push(peer);
      this.torrent._drain();
      return true;
    },
    _drain: (): void => {
      const peer = this.torrent._queue.shift();
      if (!peer) return;
      peer.conn = new EventEmitter();
      this.torrent._numPending++;
      this.dialed.push(peer.id);
    },
  };

  constructor(maxWires: number) {
    const setTimer = (run: () => void, ms: number): (() => void) => {
      this.#timers.set(run, this.nowMs + ms);
      return () => this.#timers.delete(run);
    };
    const rules = { maxWires: () => maxWires, hasPlaceFor: (host: string) => !this.full.has(host) };
    this.#dialer = createDialer(this.torrent as unknown as Torrent, rules, {
      now: () => this.nowMs,
      setTimer,
    });
  }

  named(...addresses: string[]): void {
    this.#dialer.named(addresses);
  }

  forgive(): void {
    this.#dialer.forgive();
  }

  isDialing(address: string): boolean {
    return this.torrent._peers.has(address);
  }

  /** It answers as this peer, after so many bytes of pieces or none. */
  connect(address: string, peerId: string, downloaded = 0): void {
    const peer = this.torrent._peers.get(address) as FakePeer;
    this.torrent._numPending--;
    this.torrent._numConns++;
    peer.wire = { peerId, downloaded, uploaded: 0 };
    peer.conn?.emit("connect");
  }

  close(address: string): void {
    const peer = this.torrent._peers.get(address) as FakePeer;
    if (peer.wire) this.torrent._numConns--;
    else this.torrent._numPending--;
    this.torrent._peers.delete(address);
    const { conn } = peer;
    peer.conn = null;
    conn?.emit("close");
    this.torrent._drain();
  }

  /** Lets time pass. */
  wait(ms: number): void {
    this.nowMs += ms;
    for (const [run, atMs] of this.#timers) {
      if (atMs > this.nowMs) continue;
      this.#timers.delete(run);
      run();
    }
  }
}

class FakePeer {
  readonly type = "tcpOutgoing";
  retries = 0;
  conn: EventEmitter | null = null;
  wire: { peerId: string; downloaded: number; uploaded: number } | null = null;
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

const A = "192.0.2.1:1";

/** How often the address is dialed while the tracker names it each second. */
function dialsWhileRefused(swarm: FakeSwarm, seconds: number): number[] {
  const at: number[] = [];
  for (let second = 0; second <= seconds; second++) {
    // By the tracker's word, or by a timer of the second before.
    swarm.named(A);
    if (swarm.isDialing(A)) {
      at.push(second);
      swarm.connect(A, "full");
      swarm.close(A);
    }
    swarm.wait(1_000);
  }
  return at;
}

test("a full peer is dialed ever more rarely, however often the tracker names it", () => {
  expect(dialsWhileRefused(new FakeSwarm(20), 1_000)).toEqual([0, 2, 8, 26, 80, 242, 542, 842]);
});

test("one that refused is tried three times, and then only if it is named", () => {
  const swarm = new FakeSwarm(20);
  swarm.named(A);
  for (const waitMs of [2_000, 6_000, 18_000]) {
    swarm.connect(A, "full");
    swarm.close(A);
    swarm.wait(waitMs);
  }
  expect(swarm.dialed).toHaveLength(4);
  swarm.close(A);
  swarm.wait(3_600_000);
  expect(swarm.dialed).toHaveLength(4);
  swarm.named(A);
  expect(swarm.dialed).toHaveLength(5);
});

test("a connection that was of use is made again after a second", () => {
  const swarm = new FakeSwarm(20);
  swarm.named(A);
  swarm.connect(A, "seller", 16_384);
  swarm.close(A);
  swarm.wait(1_000);
  expect(swarm.dialed).toEqual([A, A]);
});

test("who is connected by a dial of its own is not dialed", () => {
  const swarm = new FakeSwarm(20);
  swarm.named(A);
  swarm.connect(A, "twin");
  swarm.torrent.wires.push({ peerId: "twin", destroyed: false });
  swarm.close(A);
  swarm.wait(3_600_000);
  swarm.named(A);
  expect(swarm.dialed).toEqual([A]);
});

test("a payee that may sell again is dialed at once", () => {
  const swarm = new FakeSwarm(20);
  for (const _ of [1, 2]) {
    swarm.named(A);
    swarm.connect(A, "payee");
    swarm.close(A);
    swarm.forgive();
  }
  expect(swarm.dialed).toEqual([A, A]);
});

test("half of the places are left to those who dial us", () => {
  const swarm = new FakeSwarm(5);
  swarm.named("192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1", "192.0.2.4:1");
  expect(swarm.dialed).toHaveLength(3);
  swarm.connect("192.0.2.1:1", "one");
  swarm.close("192.0.2.1:1");
  expect(swarm.dialed.at(-1)).toBe("192.0.2.4:1");
});

test("nobody is dialed for whom we have no place ourselves", () => {
  const swarm = new FakeSwarm(20);
  swarm.full.add("2001:db8::1");
  swarm.named("[2001:db8::1]:1");
  expect(swarm.dialed).toEqual([]);
  swarm.full.clear();
  swarm.named(A);
  expect(swarm.dialed).toEqual(["[2001:db8::1]:1"]);
});
