import { afterEach, expect, test } from "vitest";
import { PIECES } from "../network.ts";
import { connect, exchange, grant } from "../pair.ts";
import { stopPeers, TestPeer } from "../test-peer.ts";

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const SOON_MS = 500;
const LONG_MS = 10_000;

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

/** A payer whose only lane is half used: it has just asked for the next one. */
async function startHalfUsed(): Promise<{ payer: TestPeer; answer: (shortage?: string) => void }> {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  await payer.start(new Set());
  await payee.start(ALL);
  const wire = connect(payer, payee);
  const answer = (shortage?: string): void => grant(payer, payee, 1, 2, shortage === undefined ? {} : { shortage });
  answer();
  await payer.until(() => payer.payments.payer.isAccepted(wire.atPayer));
  payer.reannounced = 0;
  expect(await exchange(payer, payee, wire, 0)).toBe(1);
  expect(payer.reannounced).toBe(1);
  return { payer, answer };
}

test("a request that nobody judged is made again soon, some times; then another reason is assumed", async () => {
  const { payer, answer } = await startHalfUsed();
  for (let times = 2; times <= 4; times++) {
    answer("RATE");
    expect(payer.reannounced).toBe(times - 1);
    payer.time.advance(SOON_MS);
    expect(payer.reannounced).toBe(times);
  }
  answer("RATE");
  payer.time.advance(SOON_MS);
  expect(payer.reannounced).toBe(4);
});

test("a request that was judged is made again after some seconds", async () => {
  const { payer, answer } = await startHalfUsed();
  answer();
  payer.time.advance(SOON_MS);
  expect(payer.reannounced).toBe(1);
  payer.time.advance(LONG_MS);
  expect(payer.reannounced).toBeGreaterThan(1);
});
