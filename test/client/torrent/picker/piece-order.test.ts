import { afterEach, describe, expect, test } from "vitest";
import { FakePayment } from "../fake-payment.ts";
import { PIECES, Swarm } from "../swarm.ts";

let swarm: Swarm;
afterEach(() => swarm.stop());

/** Pieces that were asked for before the order changed may still arrive. */
const UNDER_WAY = 16;

describe.each([
  ["paid", true],
  ["free", false],
])("a sequential download of %s content", (_name, isPaid) => {
  test("follows its readers to the end, back to the start, and then to what is left", async () => {
    swarm = await new Swarm({ isPaid }).start();
    const leecher = await swarm.download(2, new FakePayment(4), "out", "sequential");
    const came = (): number[] => leecher.events.flatMap((event) => (event.type === "progress" ? event.piece : []));
    leecher.content.readFrom(70);
    await swarm.seed(1);
    await leecher.until(() => came().length >= 5);
    leecher.content.readFrom(0);
    await leecher.content.complete;

    const order = came();
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: PIECES }, (_, piece) => piece));
    expect(order.slice(0, 5).every((piece) => piece >= 70)).toBe(true);
    // The whole start comes before the middle, except for what was under way.
    const middle = order.findIndex((piece) => piece > 40 && piece < 60);
    expect(order.slice(0, middle).filter((piece) => piece < 40).length).toBeGreaterThanOrEqual(40 - UNDER_WAY);
    expect(swarm.isCopy(leecher.path)).toBe(true);
  });
});
