import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Address } from "../../../protocol/base/ids.ts";
import { formatIp, parseIp, prefixKey } from "../../../protocol/base/ip-address.ts";
import { KeyedHash } from "../../../tracker/core/keyed-hash.ts";
import { type Asking, type HeldLanes, howToAsk } from "../../../tracker/core/lane-policy.ts";
import { SlotIndex } from "../../../tracker/core/slot-index.ts";
import { Tally } from "../../../tracker/core/tally.ts";

describe("addresses", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::", "0:0:0:0:0:0:0:0"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1"],
    ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"],
    ["1::2:3", "1:0:0:0:0:0:2:3"],
    ["64:ff9b::192.0.2.33", "64:ff9b:0:0:0:0:c000:221"],
  ])("%s is %s", (text, formatted) => {
    expect(formatIp(parseIp(text) ?? new Uint8Array(16))).toBe(formatted);
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.",
    ":",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "g::",
    "12345::",
  ])("%s is none", (text) => {
    expect(parseIp(text)).toBeNull();
  });

  test("every IPv4 address comes back as it was", () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(formatIp(parseIp(ip) ?? new Uint8Array(16))).toBe(ip);
      }),
    );
  });

  test("every IPv6 address is read as a URL reads it", () => {
    const canonical = (ip: string): string => new URL(`http://[${ip}]`).hostname;
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const formatted = formatIp(parseIp(ip) ?? new Uint8Array(16));
        const asIpv6 = formatted.includes(":") ? formatted : `::ffff:${formatted}`;
        expect(canonical(asIpv6)).toBe(canonical(ip));
      }),
    );
  });

  test("a prefix is /32 of IPv4 and /56 of IPv6", () => {
    const key = (ip: string): string => prefixKey(parseIp(ip) ?? new Uint8Array(16));
    expect(key("10.0.0.1")).not.toBe(key("10.0.0.2"));
    expect(key("2001:db8:0:1::1")).toBe(key("2001:db8:0:ff::2"));
    expect(key("2001:db8:0:100::1")).not.toBe(key("2001:db8:0:ff::1"));
  });
});

test("the index finds what was added, whatever was removed, even where all hashes are alike", () => {
  const steps = fc.array(fc.record({ slot: fc.nat(31), hash: fc.constantFrom(0, 1, 63, 64, 0xffffffff) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const hashes = new Uint32Array(32);
      const index = new SlotIndex(hashes);
      const there = new Set<number>();
      for (const { slot, hash } of all) {
        if (there.delete(slot)) index.remove(slot);
        else {
          hashes[slot] = hash;
          index.add(slot);
          there.add(slot);
        }
        for (let other = 0; other < 32; other++) {
          const found = index.find(hashes[other] as number, (candidate) => candidate === other);
          expect(found).toBe(there.has(other) ? other : -1);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("a tally counts as a map does", () => {
  const step = fc.record({ hash: fc.constantFrom(0, 1, 2, 16, 32, 0xffffffff), isAdded: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const tally = new Tally(8);
      const model = new Map<number, number>();
      for (const { hash, isAdded } of steps) {
        const count = model.get(hash) ?? 0;
        if (isAdded) tally.add(hash);
        else if (count > 0) tally.subtract(hash);
        model.set(hash, isAdded ? count + 1 : Math.max(0, count - 1));
        for (const [key, expected] of model) expect(tally.count(key)).toBe(expected);
      }
    }),
    { numRuns: 50 },
  );
});

test("hashes depend on the key, on every word, and on their order", () => {
  const hashOf = (key: readonly [number, number], ...words: number[]): number => {
    const hash = new KeyedHash(key);
    hash.begin();
    for (const word of words) hash.add(word);
    return hash.end();
  };
  const hashes = [
    hashOf([1, 2], 1, 2),
    hashOf([1, 3], 1, 2),
    hashOf([1, 2], 2, 1),
    hashOf([1, 2], 1, 3),
    hashOf([1, 2], 1),
  ];
  expect(new Set(hashes).size).toBe(5);
  expect(hashOf([1, 2], 1, 2)).toBe(hashes[0]);
});

describe("the authority is asked", () => {
  const signed = { requestedAt: 1, topUp: [] as number[], met: [] as Address[], signature: "0x" };
  const update = { event: "update" as const, bytesLeft: 1, request: signed };
  const held: HeldLanes = { lanes: [], shares: [], shortage: null, evenAt: 500, refreshedAt: 0, wantedAt: 0 };
  const often: HeldLanes = { ...held, evenAt: 4_000 };
  const short = (shortage: HeldLanes["shortage"]): HeldLanes => ({ ...held, shortage });
  const ask = (change: object, known: HeldLanes | undefined = held, hasNewPayees = false, now = 1_000): Asking =>
    howToAsk(known, { ...update, ...change }, () => hasNewPayees, now);

  test.each<[string, Asking, Asking]>([
    ["when it never was", howToAsk(undefined, update, () => false, 0), "first"],
    ["not by who leaves", howToAsk(undefined, { ...update, event: "stopped" }, () => true, 0), "no"],
    ["by who starts", ask({ event: "started" }), "first"],
    ["for a successor", ask({ request: { ...signed, topUp: [1] } }), "first"],
    ["for a payee that was met", ask({ request: { ...signed, met: ["0x01"] } }, short("CREDIT")), "first"],
    ["for new payees", ask({}, held, true), "first"],
    ["not for new payees when all is there", ask({ bytesLeft: 0 }, held, true), "no"],
    ["not when nothing is new", ask({}), "no"],
    ["not without a request", ask({ request: null }, held, true), "no"],
    ["again at once, when it was asked seldom", ask({ event: "started" }, held, true, 1), "first"],
    ["not for the ninth time within half a second", ask({ event: "started" }, often, true, 499), "no"],
    ["for the ninth time after half a second", ask({ event: "started" }, often, true, 500), "first"],
    ["not soon after a shortage", ask({}, short("DEPOSIT"), true, 1_999), "no"],
    ["some time after a shortage", ask({}, short("DEPOSIT"), false, 2_000), "first"],
    ["not for new payees that the credit is too small for", ask({}, short("CREDIT"), true, 14_999), "no"],
    ["for new payees when credit may have come back", ask({}, short("CREDIT"), true, 60_000), "first"],
    ["aside at times, so that lanes that were closed go", ask({ request: null }, held, false, 15_000), "aside"],
    ["aside for a signed announce that wants nothing new", ask({}, held, false, 15_000), "aside"],
    ["not while a refresh is on its way", ask({}, { ...held, refreshedAt: 14_000 }, false, 15_000), "no"],
  ])("%s", (_when, isAsked, expected) => {
    expect(isAsked).toBe(expected);
  });
});
