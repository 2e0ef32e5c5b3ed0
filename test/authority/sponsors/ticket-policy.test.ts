import fc from "fast-check";
import { expect, test } from "vitest";
import { leftOnTicket, sumExposure } from "../../../authority/allotments/ticket-left.ts";
import { judgeTicket, TICKETS_PER_NETWORK, type TicketDesk } from "../../../authority/sponsors/ticket-policy.ts";
import { ticketCap } from "../../../protocol/base/ticket-cap.ts";
import { START } from "../support/fake-chain.ts";

const asker = { network: "192.0.2.1", now: START, lifetimeSec: 3_600 };
const block = { number: 98, timestamp: START };

test("a ticket is given while the money for it, and for all that others may still take, is there", () => {
  const given = fc.array(
    fc.record({
      network: fc.constantFrom("192.0.2.1", "192.0.2.2"),
      givenAt: fc.integer({ min: START - 90_000, max: START }),
      exposure: fc.bigInt(0n, 150n),
    }),
    { maxLength: 12 },
  );
  const desk = fc.record({ cap: fc.constant(100n), free: fc.bigInt(0n, 1_000n), given, hasUnused: fc.boolean() });
  fc.assert(
    fc.property(desk, (one: TicketDesk) => {
      const live = one.given.filter(({ givenAt }) => givenAt > START - 3_600);
      const kept = live.reduce((sum, { exposure }) => sum + (exposure < 100n ? 100n - exposure : 0n), 0n);
      const today = one.given.filter(({ network, givenAt }) => network === asker.network && givenAt > START - 86_400);
      const refusal = judgeTicket(one, asker);
      if (refusal === null) {
        expect(one.free).toBeGreaterThanOrEqual(kept + 100n);
        expect([one.hasUnused, today.length < TICKETS_PER_NETWORK]).toEqual([true, true]);
      } else if (refusal === "NETWORK") expect(today.length).toBeGreaterThanOrEqual(TICKETS_PER_NETWORK);
      else expect(one.hasUnused && one.free >= kept + 100n).toBe(false);
    }),
  );
});

const lane = (change: object) => ({
  cap: 40n,
  paid: 0n,
  paidAtBlock: null,
  settling: 0n,
  expiresAt: START + 60,
  ...change,
});
const at = { infoHash: "aa", cap: 100n, now: START, lifetimeSec: 3_600, block, claimPeriodSec: 120 };
const live = { infoHash: "aa", isOpen: true, givenAt: START - 10 };

test("an unclaimable lane gives back what it did not take; another one counts in full", () => {
  const past = { expiresAt: START - 121 };
  expect(sumExposure([lane({}), lane({ ...past, paid: 7n }), lane({ ...past, settling: 5n })], block, 120)).toBe(52n);
  expect(leftOnTicket(live, [lane({}), lane({ ...past, paid: 7n })], at)).toBe(53n);
  expect(leftOnTicket(live, [lane({}), lane({}), lane({})], at)).toBe(0n);
});

test.each([
  ["nobody has got it", { givenAt: null }],
  ["its lifetime is over", { givenAt: START - 3_600 }],
  ["its sponsor has ended it", { isOpen: false }],
  ["it is for another content", { infoHash: "bb" }],
])("a ticket pays nothing when %s", (_, change) => {
  expect(leftOnTicket({ ...live, ...change }, [], at)).toBe(0n);
});

test("a ticket's cap is twice the price, and never less than two first lanes", () => {
  expect(ticketCap({ sizeBytes: 2 ** 30, pieceLength: 2 ** 20, pricePerGiB: 1_000n })).toBe(2_000n);
  expect(ticketCap({ sizeBytes: 2 ** 20, pieceLength: 2 ** 20, pricePerGiB: 1_024n })).toBe(32n);
  expect(ticketCap({ sizeBytes: 1, pieceLength: 2 ** 14, pricePerGiB: 1n })).toBe(2n);
});
