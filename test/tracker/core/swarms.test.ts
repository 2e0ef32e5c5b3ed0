import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIp } from "../../../protocol/base/ip-address.ts";
import { IPV4, IPV6, type Kind, WEBSOCKET } from "../../../tracker/core/peer-table.ts";
import { createRandom } from "../../../tracker/core/random.ts";
import { Swarms, type Visitor } from "../../../tracker/core/swarms.ts";
import { memberOf, ownerOf } from "../fake-authority.ts";

const SWARM = "a".repeat(40);
const LIFETIME_MS = 180_000;

function swarmsOf({ capacity = 10_000, placesPerSwarm = 64, places = 10_000 } = {}): Swarms {
  const randomBelow = createRandom([1, 2, 3, 4]);
  return new Swarms({ capacity, placesPerSwarm, places, lifetimeMs: LIFETIME_MS, randomBelow, now: 0 });
}

function visitor(
  ip: string,
  port = 1,
  { kind = IPV4 as Kind, owner = null as Uint8Array | null, id = 0 } = {},
): Visitor {
  const address = parseIp(ip) ?? new Uint8Array();
  return { kind, address, port, peerId: new Uint8Array(20).fill(id), owner, voucherPort: 0 };
}

const ALL = { wanted: 50, kinds: [IPV4, IPV6] as const, seeders: "yes" as const };
const honestIp = (i: number): string => `10.${i >> 8}.${i & 255}.1`;

describe("a place", () => {
  test("in a free swarm is an address's and port's; 5,000 announces from one address change nothing for others", () => {
    const swarms = swarmsOf();
    const honest = Array.from({ length: 30 }, (_, i) => swarms.enter(SWARM, visitor(honestIp(i)), i < 3, 0));
    for (let port = 1; port <= 5_000; port++) swarms.enter(SWARM, visitor("192.0.2.66", port), true, 1);
    expect(swarms.peers.size).toBe(30 + 64);
    for (let i = 0; i < 20; i++) {
      const chosen = swarms.choose(SWARM, -1, ALL);
      expect(chosen.filter((slot) => honest.includes(slot)).length).toBe(30);
    }
    honest.forEach((slot, i) => {
      expect(swarms.find(SWARM, visitor(honestIp(i)))).toBe(slot);
    });
  });

  test("counts by /56 of IPv6, whatever the rest of the address", () => {
    const swarms = swarmsOf({ placesPerSwarm: 2 });
    const enter = (ip: string): number => swarms.enter(SWARM, visitor(ip, 1, { kind: IPV6 }), false, 0);
    expect(["2001:db8::1", "2001:db8:0:1::2", "2001:db8:0:2::3"].map((ip) => enter(ip) >= 0)).toEqual([
      true,
      true,
      false,
    ]);
    expect(enter("2001:db8:0:100::1")).toBeGreaterThanOrEqual(0);
  });

  test("in a paid swarm is its session's; one account has so many, at whatever addresses", () => {
    const swarms = swarmsOf({ placesPerSwarm: 2 });
    const owned = (ip: string, name: string, account: string): number =>
      swarms.enter(SWARM, visitor(ip, 1, { owner: ownerOf(memberOf(name, account)) }), false, 0);
    const first = owned("10.0.0.1", "01", "aa");
    expect(owned("10.0.0.9", "01", "aa")).toBe(first);
    expect([owned("10.0.0.2", "02", "aa"), owned("10.0.0.3", "03", "aa")].map((slot) => slot >= 0)).toEqual([
      true,
      false,
    ]);
    expect(owned("10.0.0.1", "04", "bb")).toBeGreaterThanOrEqual(0);
    expect(swarms.peers.address(first)).toEqual(parseIp("10.0.0.9"));
  });

  test("lapses when its peer announces no more, and only then", () => {
    const swarms = swarmsOf();
    swarms.enter(SWARM, visitor("10.0.0.1"), false, 0);
    swarms.enter(SWARM, visitor("10.0.0.2"), false, 0);
    swarms.enter(SWARM, visitor("10.0.0.2"), false, LIFETIME_MS - 1);
    swarms.sweep(LIFETIME_MS);
    expect(swarms.get(SWARM)?.incomplete).toBe(2);
    // One tick late at most.
    swarms.sweep(LIFETIME_MS * (1 + 2 / 32));
    expect(swarms.find(SWARM, visitor("10.0.0.1"))).toBe(-1);
    expect(swarms.find(SWARM, visitor("10.0.0.2"))).toBeGreaterThanOrEqual(0);
    swarms.sweep(LIFETIME_MS * 3);
    expect(swarms.get(SWARM)).toBeUndefined();
  });

  test("is refused when all are taken, and there again when one has left", () => {
    const swarms = swarmsOf({ capacity: 2 });
    const [first] = [honestIp(0), honestIp(1)].map((ip) => swarms.enter(SWARM, visitor(ip), false, 0));
    expect(swarms.enter(SWARM, visitor(honestIp(2)), false, 0)).toBe(-1);
    expect(swarms.enter("b".repeat(40), visitor(honestIp(2)), false, 0)).toBe(-1);
    expect(swarms.get("b".repeat(40))).toBeUndefined();
    swarms.remove(first as number);
    expect(swarms.enter(SWARM, visitor(honestIp(2)), false, 0)).toBeGreaterThanOrEqual(0);
  });
});

/** Swarms as lists, slow and plain. */
class Model {
  readonly places = new Map<string, { complete: boolean; until: number }>();

  count(now: number, swarm: string, complete: boolean): number {
    return [...this.places].filter(
      ([key, place]) => key.startsWith(swarm) && place.complete === complete && place.until > now,
    ).length;
  }
}

test("whatever comes, in whatever order, counts and choices are those of a plain list", () => {
  const step = fc.record({
    swarm: fc.constantFrom("a".repeat(40), "b".repeat(40)),
    host: fc.integer({ min: 0, max: 12 }),
    port: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom<Kind>(IPV4, WEBSOCKET),
    complete: fc.boolean(),
    leaves: fc.boolean(),
    waitMs: fc.integer({ min: 0, max: 40_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const swarms = swarmsOf({ capacity: 64 });
      const model = new Model();
      let now = 0;
      for (const { swarm, host, port, kind, complete, leaves, waitMs } of steps) {
        // Whole ticks, so that both forget at the same time.
        const tick = LIFETIME_MS / 32;
        now += Math.floor(waitMs / tick) * tick;
        const key = `${swarm} ${host} ${kind === WEBSOCKET ? `w${port}` : port}`;
        const who = visitor(honestIp(host), kind === WEBSOCKET ? 0 : port, { kind, id: port });
        swarms.sweep(now);
        if (leaves) {
          const slot = swarms.find(swarm, who);
          expect(slot >= 0).toBe((model.places.get(key)?.until ?? 0) > now);
          if (slot >= 0) swarms.remove(slot);
          model.places.delete(key);
        } else {
          expect(swarms.enter(swarm, who, complete, now)).toBeGreaterThanOrEqual(0);
          model.places.set(key, { complete, until: now + LIFETIME_MS + tick });
        }
        const entry = swarms.get(swarm);
        expect(entry?.complete ?? 0).toBe(model.count(now, swarm, true));
        expect(entry?.incomplete ?? 0).toBe(model.count(now, swarm, false));
        const chosen = swarms.choose(swarm, -1, { wanted: 1_000, kinds: [IPV4, WEBSOCKET], seeders: "yes" });
        expect(new Set(chosen).size).toBe(model.count(now, swarm, true) + model.count(now, swarm, false));
      }
    }),
    { numRuns: 60 },
  );
});

describe("the choice", () => {
  test("of peers in a large swarm is of different ones, each as likely as the others", () => {
    const swarms = swarmsOf();
    const count = 1_000;
    for (let i = 0; i < count; i++) swarms.enter(SWARM, visitor(honestIp(i)), i % 2 === 0, 0);
    const times = new Map<number, number>();
    for (let i = 0; i < 2_000; i++) {
      const chosen = swarms.choose(SWARM, -1, ALL);
      expect(new Set(chosen).size).toBe(50);
      for (const slot of chosen) times.set(slot, (times.get(slot) ?? 0) + 1);
    }
    // 100 times each on average; a binomial of this size is within 50 to 160 but once in 10^6.
    expect(times.size).toBe(count);
    expect(Math.min(...times.values())).toBeGreaterThan(50);
    expect(Math.max(...times.values())).toBeLessThan(160);
  });

  test("obeys families, and gives seeders to seeders only where it should", () => {
    const swarms = swarmsOf();
    const seeder = swarms.enter(SWARM, visitor("10.0.0.1"), true, 0);
    const leecher = swarms.enter(SWARM, visitor("10.0.0.2"), false, 0);
    const ipv6 = swarms.enter(SWARM, visitor("2001:db8::1", 1, { kind: IPV6 }), true, 0);
    const browser = swarms.enter(SWARM, visitor("10.0.0.3", 0, { kind: WEBSOCKET }), true, 0);
    const choose = (whom: object, self = -1) => swarms.choose(SWARM, self, { ...ALL, ...whom }).sort();
    expect(choose({})).toEqual([seeder, leecher, ipv6]);
    expect(choose({}, leecher)).toEqual([seeder, ipv6]);
    expect(choose({ kinds: [WEBSOCKET] })).toEqual([browser]);
    expect(choose({ kinds: [IPV6] })).toEqual([ipv6]);
    expect(choose({ seeders: "no" })).toEqual([leecher]);
    expect(choose({ seeders: "last", wanted: 1 })).toEqual([leecher]);
    expect(choose({ seeders: "last", wanted: 2, kinds: [IPV4] })).toEqual([seeder, leecher]);
    expect(choose({ wanted: 0 })).toEqual([]);
  });
});
