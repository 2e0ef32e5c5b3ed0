import { rmSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakePayment } from "./fake-payment.ts";
import { PIECE, Swarm, type TestEngine } from "./swarm.ts";

/**
 * Files that change under a running peer. What cannot be read was not sent, and its owner is told.
 */

let swarm: Swarm;
beforeEach(async () => {
  swarm = await new Swarm().start();
});
afterEach(() => swarm.stop());

const lost = ({ events }: TestEngine) => events.filter((event) => event.type === "piece-lost");

test("a seller whose file is cut counts no block that it cannot read, says so, and ends", async () => {
  const seller = await swarm.seed(1);
  truncateSync(seller.path, PIECE);
  const buyer = await swarm.download(2, new FakePayment(30));
  await seller.until(() => seller.events.some(({ type }) => type === "failed"));
  expect(lost(seller)).toHaveLength(8);
  expect(lost(seller)[0]).toMatchObject({ error: { code: "FILE_UNREADABLE" } });
  expect(seller.payment.unsent.length).toBeGreaterThanOrEqual(8);
  expect(buyer.payment.failed).toEqual([]);
  await expect(seller.content.complete).resolves.toBeUndefined();
});

test("a download whose target was removed is not complete", async () => {
  const payment = new FakePayment(8);
  let served = 0;
  payment.decide = () => (served++ < 40 ? "serve" : "hold");
  await swarm.seed(1, payment);
  const buyer = await swarm.download(2);
  await buyer.until(() => buyer.payment.verified.length >= 8);
  rmSync(dirname(buyer.path), { recursive: true });
  payment.decide = () => "serve";
  for (const wire of payment.wires.values()) wire.resume();
  await expect(buyer.content.complete).rejects.toMatchObject({ code: "FILE_CHANGED" });
});
