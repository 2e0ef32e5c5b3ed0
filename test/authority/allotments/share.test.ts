import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planAllotments } from "../../../authority/allotments/policy.ts";
import type { ReservedLane } from "../../../authority/allotments/reservations.ts";
import { splitLanes, unsharedLimit } from "../../../authority/allotments/share.ts";
import { shareOf, splitPrice } from "../../../protocol/base/publisher-share.ts";
import { owed } from "../../../protocol/base/units.ts";
import { accountOf, PIECE, PRICE } from "../support/context.ts";
import { heldLane, metPlanOf, NEWCOMER, planOf, SIZE } from "../support/plan.ts";

const PUBLISHER = accountOf(0xff);
const PRICE_PARTS = splitPrice(PRICE, 20);
const WHOLE = owed(SIZE, PRICE);

/** A payer that buys for ever, and names each lane as used up. */
class Buyer {
  readonly lanes: ReservedLane[] = [];
  shortage: string | null = null;
  readonly #payees: number;

  constructor(payees: number) {
    this.#payees = payees;
  }

  /** One announce. */
  ask(topUp: readonly number[] = []): void {
    const { lanes } = this;
    const plan = planAllotments(
      // Credit is another bound.
      metPlanOf(this.#payees, { lanes, topUp, share: PRICE_PARTS, credit: { ...NEWCOMER, budget: 1_000 * PIECE } }),
    );
    this.shortage = plan.shortage;
    const split = splitLanes(plan.lanes, PRICE_PARTS);
    if (split === null) return;
    const at = { lane: lanes.length + 1, settling: 0n };
    this.lanes.push(heldLane(0, { ...at, ...split.share, payeeKey: PUBLISHER, credit: 0, isShare: true }));
    for (const lane of split.sellers) this.lanes.push(heldLane(0, { ...at, ...lane, lane: lanes.length + 1 }));
  }

  /** Uses up all lanes of sellers. */
  buy(): void {
    this.#fill((lane) => !lane.isShare);
  }

  share(): void {
    this.#fill((lane) => lane.isShare === true);
  }

  get newest(): number[] {
    const sellers = this.lanes.filter(({ isShare }) => !isShare);
    return [...Map.groupBy(sellers, ({ payeeKey }) => payeeKey).values()].map((lanes) => lanes.at(-1)?.lane as number);
  }

  sum(isShare: boolean): bigint {
    return this.lanes.filter((lane) => (lane.isShare ?? false) === isShare).reduce((sum, { cap }) => sum + cap, 0n);
  }

  #fill(isOf: (lane: ReservedLane) => boolean): void {
    for (const [i, lane] of this.lanes.entries()) if (isOf(lane)) this.lanes[i] = { ...lane, settling: lane.cap };
  }
}

describe("a payer that leaves the publisher's share out", () => {
  test.each([1, 3, 40])("of %i sellers gets no more than half of the content, however it asks", (payees) => {
    const buyer = new Buyer(payees);
    for (let round = 0; round < 50; round++) {
      buyer.ask(buyer.newest);
      if (round % 2 === 0) buyer.buy();
    }
    expect(buyer.shortage).toBe("SHARE");
    const content = { infoHash: "", sizeBytes: SIZE, pieceLength: PIECE, pricePerGiB: PRICE };
    expect(buyer.sum(false)).toBeLessThanOrEqual(2n * unsharedLimit(content));
    expect(unsharedLimit(content)).toBe(WHOLE / 4n);
  });

  test("gets lanes again when it has paid it", () => {
    const buyer = new Buyer(1);
    for (let round = 0; round < 10; round++) {
      buyer.ask(buyer.newest);
      buyer.buy();
    }
    const before = buyer.lanes.length;
    buyer.share();
    buyer.ask(buyer.newest);
    expect(buyer.lanes.length).toBeGreaterThan(before);
    expect(buyer.shortage).toBeNull();
  });
});

test("a payer that pays the share gets lanes at each announce", () => {
  for (const payees of [1, 3, 40]) {
    const buyer = new Buyer(payees);
    for (let round = 0; round < 30; round++) {
      const before = buyer.lanes.length;
      buyer.ask(buyer.newest);
      expect(buyer.lanes.length).toBeGreaterThan(before);
      buyer.buy();
      buyer.share();
    }
    expect(buyer.sum(false)).toBeGreaterThan((WHOLE * 4n) / 5n);
  }
});

test("the lanes of a plan are split without a rest, and the share covers what the sellers' lead to", () => {
  const caps = fc.array(fc.bigInt({ min: 2n, max: 2n ** 60n }), { minLength: 1, maxLength: 20 });
  const parts = fc
    .tuple(fc.bigInt({ min: 1n, max: 2n ** 40n }), fc.integer({ min: 1, max: 50 }))
    .map(([price, percent]) => splitPrice(price, percent))
    .filter(({ publisher }) => publisher > 0n);
  fc.assert(
    fc.property(caps, parts, (all, price) => {
      const split = splitLanes(
        all.map((cap) => ({ cap, expiresAt: 7 })),
        price,
      );
      const sold = split?.sellers.reduce((sum, { cap }) => sum + cap, 0n) ?? 0n;
      const share = split?.share.cap ?? 0n;
      expect(sold + share).toBe(all.reduce((sum, cap) => sum + cap, 0n));
      expect(shareOf(sold, price)).toBeLessThanOrEqual(share);
      expect(split?.sellers.every(({ cap }) => cap > 0n)).toBe(true);
    }),
  );
});

test("without a share the plan is what it was", () => {
  expect(planAllotments(planOf(3, { share: null }))).toEqual(planAllotments(planOf(3)));
});
