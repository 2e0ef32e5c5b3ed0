import { randomInt } from "node:crypto";
import { argv } from "node:process";
import { IPV4 } from "../../../tracker/core/peer-table.ts";
import { Swarms } from "../../../tracker/core/swarms.ts";

/**
 * Memory of the tracker's swarms, as a process, so that nothing else is counted. Arguments: peers,
 * swarms. Prints bytes of resident memory for each peer.
 */
const [peers = 1_000_000, count = 1_000] = argv.slice(2).map(Number);
const randomBelow = (below: number): number => randomInt(below);
const options = { capacity: 2 ** 20, placesPerSwarm: 64, places: 16_384, lifetimeMs: 180_000, randomBelow, now: 0 };
const infoHashes = Array.from({ length: count }, (_, i) => i.toString(16).padStart(40, "0"));
globalThis.gc?.();
const before = process.memoryUsage.rss();
const swarms = new Swarms(options);
const address = new Uint8Array(16);
address.fill(0xff, 10, 12);
const peerId = new Uint8Array(20);
for (let i = 0; i < peers; i++) {
  // Each peer has an address of its own.
  new DataView(address.buffer).setUint32(12, 0x0a000000 + i);
  new DataView(peerId.buffer).setUint32(0, i);
  const visitor = { kind: IPV4, address, port: 1 + (i % 65_535), peerId, owner: null, voucherPort: 0 } as const;
  swarms.enter(infoHashes[i % count] as string, visitor, i % 5 === 0, i / 100);
}
if (swarms.peers.size !== peers) throw new Error(`${swarms.peers.size} of ${peers} peers have a place`);
globalThis.gc?.();
process.stdout.write(`${(process.memoryUsage.rss() - before) / peers}\n`);
