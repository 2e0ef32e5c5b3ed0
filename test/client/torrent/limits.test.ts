import { afterEach, expect, test } from "vitest";
import { FakePayment } from "./fake-payment.ts";
import { PIECES, Swarm } from "./swarm.ts";

/** A content's own limits, with real sockets. */

let swarm: Swarm;
afterEach(() => swarm.stop());

/** A tenth of a piece each second: the whole would take a quarter of an hour. */
const SLOW = 6_554;
const NONE = { up: null, down: null, wires: null };

/** Takes as long as one that is not held back. */
async function copyAnother(isPaid: boolean): Promise<void> {
  const other = await new Swarm({ isPaid }).start();
  await other.seed(1);
  const leecher = await other.download(2);
  await leecher.content.complete;
  await other.stop();
}

test.each([
  ["paid, held back by its seeder", true, "up"],
  ["paid, held back by its leecher", true, "down"],
  ["free, held back by its seeder", false, "up"],
  ["free, held back by its leecher", false, "down"],
] as const)("a content that is %s goes on at once when it is let go", async (_what, isPaid, way) => {
  swarm = await new Swarm({ isPaid }).start();
  const seeder = await swarm.seed(1);
  const leecher = await swarm.download(2);
  const limited = way === "up" ? seeder : leecher;
  limited.engine.setRates(swarm.infoHash, { ...NONE, [way]: SLOW });
  await copyAnother(isPaid);
  expect(leecher.events.filter(({ type }) => type === "progress").length).toBeLessThan(PIECES / 2);
  limited.engine.setRates(swarm.infoHash, NONE);
  await leecher.content.complete;
  expect(swarm.isCopy(leecher.path)).toBe(true);
});

test("a wire that is closed while it is held back goes at once", async () => {
  swarm = await new Swarm().start();
  await swarm.seed(1);
  const leecher = await swarm.download(2);
  leecher.engine.setRates(swarm.infoHash, { ...NONE, down: SLOW });
  await leecher.until(() => leecher.events.some(({ type }) => type === "progress"));
  await leecher.stop();
  expect(leecher.payment.wires.size).toBe(0);
});

test.each([
  ["a paid content", true],
  ["a free content", false],
])("%s has as many connections as it may, and those in all", async (_what, isPaid) => {
  swarm = await new Swarm({ isPaid }).start();
  const seeder = await swarm.seed(1, new FakePayment(8));
  seeder.engine.setRates(swarm.infoHash, { ...NONE, up: SLOW, wires: 2 });
  for (const number of [2, 3, 4, 5]) {
    const leecher = await swarm.download(number);
    await expect.poll(() => seeder.content.wires().length).toBe(Math.min(2, number - 1));
    // They have enough of each other otherwise.
    leecher.engine.setRates(swarm.infoHash, { ...NONE, up: SLOW });
  }
  seeder.engine.setMaxWires(1);
  await expect.poll(() => seeder.content.wires().length).toBe(1);
});
