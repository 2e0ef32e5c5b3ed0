import { keccak256 } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY_SEC } from "../../../../authority/day.ts";
import { findTransaction } from "../../../../authority/store/tables/transactions.ts";
import { sumGas } from "../../../../authority/store/views/operator-desk.ts";
import type { Hex } from "../../../../protocol/base/bytes.ts";
import { ChainError } from "../../../../protocol/base/errors.ts";
import { OutboxStage } from "../../support/outbox-stage.ts";

let stage: OutboxStage;
beforeEach(async () => {
  stage = await new OutboxStage().start();
});
afterEach(() => stage.authority.stop());

test("transactions become final in order, each once", async () => {
  await stage.enqueue(1, 2, 3);
  await stage.outbox.step();
  expect(await Promise.all([1, 2, 3].map(stage.stateOf))).toEqual(["sent", "sent", "sent"]);
  stage.authority.chain.mine();
  await stage.outbox.step();
  expect(await stage.stateOf(1)).toBe("mined");
  expect(stage.finals).toEqual([]);
  stage.authority.chain.mine();
  stage.authority.chain.mine();
  await stage.outbox.step();
  expect(stage.finals).toEqual(["fund:1", "fund:2", "fund:3"]);
  await stage.settle();
  expect(stage.authority.chain.done).toEqual(["0x0001", "0x0002", "0x0003"]);
  expect(stage.finals.length).toBe(3);
});

test("gas is counted on the day on which a transaction ended, when it is final", async () => {
  const { context, chain } = stage.authority;
  const today = Math.floor(context.clock.now() / DAY_SEC);
  await stage.enqueue(1, 2);
  await stage.outbox.step();
  chain.mine();
  await stage.outbox.step();
  expect(await sumGas(context.store.db, today, DAY_SEC)).toEqual([]);
  await stage.settle();
  const { gasUsed } = (await findTransaction(context.store.db, "fund:1")) ?? {};
  const gas = 2 * Number(gasUsed);
  expect(await sumGas(context.store.db, today, DAY_SEC)).toEqual([{ day: today, kind: "fund", gas, count: 2 }]);
  expect(await sumGas(context.store.db, today + 1, DAY_SEC)).toEqual([]);
});

test("an action that is enqueued twice is done once", async () => {
  await stage.enqueue(1);
  await stage.settle();
  await stage.enqueue(1);
  await stage.settle();
  expect(stage.authority.chain.done).toEqual(["0x0001"]);
});

test.each(["simulate", "nonceAt", "sign", "send", "receipt"])(
  "the line breaks at %s and the process dies: the same transaction is mined, once",
  async (method) => {
    await stage.enqueue(1);
    await stage.enqueue(2);
    for (let crash = 0; crash < 6; crash++) {
      stage.authority.chain.broken.set(method, 1);
      await stage.outbox.step().catch(() => undefined);
      if (crash % 2 === 1) stage.authority.chain.mine();
      await stage.authority.restart();
      stage.open();
    }
    stage.authority.chain.broken.clear();
    await stage.settle();
    expect(stage.authority.chain.done.toSorted()).toEqual(["0x0001", "0x0002"]);
    expect(await Promise.all([1, 2].map(stage.stateOf))).toEqual(["final", "final"]);
  },
);

test("a failed deposit whose block goes away holds up no other: its nonce is used for nothing", async () => {
  const { chain } = stage.authority;
  await stage.enqueue(1);
  await stage.outbox.step();
  chain.mine(false);
  await stage.mine(3);
  expect(stage.failures).toEqual(["fund:1: reverted in block 101"]);
  // Paid back, so it stays failed, whatever becomes of its block.
  chain.reorganize(4);
  chain.confirmed = { number: 98, timestamp: chain.confirmed.timestamp - 4 };
  await stage.enqueue(2);
  await stage.settle();
  expect(stage.finals).toEqual(["fund:2"]);
  expect(chain.done).toEqual(["0x", "0x0002"]);
});

test("a reorganization takes a transaction away: the same raw one is sent again, and is final once", async () => {
  await stage.enqueue(1);
  await stage.outbox.step();
  stage.authority.chain.mine();
  await stage.outbox.step();
  expect(await stage.stateOf(1)).toBe("mined");
  stage.authority.chain.reorganize(1);
  await stage.outbox.step();
  expect(new Set(stage.authority.chain.received).size).toBe(1);
  await stage.settle();
  expect(stage.finals).toEqual(["fund:1"]);
  expect(stage.authority.chain.done).toEqual(["0x0001"]);
});

test("a reorganization takes a final transaction away: later ones are signed, and nothing ends", async () => {
  await stage.enqueue(1);
  await stage.settle();
  expect(await stage.stateOf(1)).toBe("final");
  stage.authority.chain.reorganize(6);
  await stage.enqueue(2);
  await stage.outbox.step();
  await stage.outbox.step();
  expect(await stage.stateOf(2)).toBe("sent");
});

test("a node that forgets its pool gets the transaction again", async () => {
  await stage.enqueue(1);
  await stage.outbox.step();
  stage.authority.chain.pool.clear();
  await stage.settle();
  expect(stage.authority.chain.done).toEqual(["0x0001"]);
});

test("a nonce that another program has used up is replaced, for good", async () => {
  await stage.enqueue(1);
  stage.authority.chain.broken.set("send", 1);
  await stage.outbox.step().catch(() => undefined);
  stage.authority.chain.useNonce();
  await stage.settle();
  expect(stage.authority.chain.done.filter((data) => data === "0x0001").length).toBe(1);
  expect(await stage.stateOf(1)).toBe("final");
});

test("what the chain refuses fails with its reason, and does not hold up the others", async () => {
  stage.authority.chain.simulation = (data) =>
    data === "0x0002" ? { ok: false, reason: "Paused()" } : { ok: true, gas: 1n };
  await stage.enqueue(1, 2, 3);
  await stage.settle();
  expect(stage.failures).toEqual(["fund:2: Paused()"]);
  expect(stage.authority.chain.done).toEqual(["0x0001", "0x0003"]);
});

test("a transaction that may need the one before it waits for it", async () => {
  stage.authority.chain.simulation = (data) =>
    data === "0x0002" && stage.authority.chain.done.length === 0
      ? { ok: false, reason: "ERC20InsufficientAllowance()" }
      : { ok: true, gas: 1n };
  await stage.enqueue(1);
  await stage.enqueue(2);
  await stage.settle();
  expect(stage.authority.chain.done).toEqual(["0x0001", "0x0002"]);
});

test("a revert in a block is a failure once the block is confirmed", async () => {
  await stage.enqueue(1);
  await stage.outbox.step();
  stage.authority.chain.mine(false);
  await stage.outbox.step();
  expect(stage.failures).toEqual([]);
  await stage.settle();
  expect(stage.failures).toEqual([expect.stringContaining("fund:1: reverted in block")]);
});

describe("one transaction holds up no other", () => {
  test("when the nodes never take it: its nonce is used up by a cancel, and it fails", async () => {
    stage.authority.chain.refuses = (raw) =>
      raw.endsWith("0001") ? { answer: "never", text: "exceeds block gas limit" } : null;
    await stage.enqueue(1, 2);
    await stage.settle();
    expect(stage.failures).toEqual(["fund:1: the nodes refuse it: exceeds block gas limit"]);
    expect(stage.authority.chain.done).toEqual(["0x", "0x0002"]);
    expect(await stage.stateOf(2)).toBe("final");
  });

  test("when no node can give its receipt any more", async () => {
    await stage.enqueue(1);
    await stage.outbox.step();
    const { receipt } = stage.authority.chain;
    const first = (await stage.find(1))?.hash;
    stage.authority.chain.receipt = async (hash) => {
      if (hash === first) throw new ChainError("RPC_UNAVAILABLE", "pruned");
      return receipt(hash);
    };
    await stage.enqueue(2);
    await stage.settle();
    expect(stage.finals).toEqual(["fund:2"]);
    stage.authority.chain.receipt = receipt;
    await stage.settle();
    expect(stage.finals).toEqual(["fund:2", "fund:1"]);
    expect(stage.authority.chain.done).toEqual(["0x0001", "0x0002"]);
  });

  test("when it is too late for it", async () => {
    stage.deadlines.set("0x0001", stage.authority.chain.latest.timestamp + 3);
    stage.authority.chain.refuses = (raw) =>
      raw.endsWith("0001") ? { answer: "later", text: "txpool is full" } : null;
    await stage.enqueue(1, 2);
    await stage.settle();
    expect(stage.failures).toEqual([expect.stringContaining("fund:1: too late")]);
    expect(stage.finals).toEqual(["fund:2"]);
  });
});

test("without gas nothing is signed, the operator is told how much is needed, and it goes on by itself", async () => {
  stage.authority.chain.gasBalance = 10n ** 6n;
  await stage.enqueue(1, 2);
  await stage.outbox.step();
  expect(stage.authority.chain.received).toEqual([]);
  expect(stage.authority.context.readiness.problems()).toEqual([
    {
      part: "gas",
      problem: `operator ${stage.authority.chain.operator} has 0.000000000001 ETH, needs 0.000000000201 ETH`,
    },
  ]);
  stage.authority.chain.gasBalance = 10n ** 18n;
  await stage.settle();
  expect(stage.finals).toEqual(["fund:1", "fund:2"]);
  expect(stage.authority.context.readiness.problems()).toEqual([]);
});

test("a nonce that was lost outside of the store is filled, so that later ones are mined", async () => {
  await stage.enqueue(1);
  await stage.outbox.step();
  stage.authority.chain.pool.clear();
  const { db } = stage.authority.context.store;
  await db.updateTable("attempts").set({ nonce: 1 }).execute();
  await db.updateTable("transactions").set({ nonce: 1 }).execute();
  const [raw] = stage.authority.chain.received as [Hex];
  const moved: Hex = `0x00000001${raw.slice(10)}`;
  await db
    .updateTable("attempts")
    .set({ raw: moved, hash: keccak256(moved) })
    .execute();
  await stage.settle();
  expect(stage.authority.chain.done).toEqual(["0x", "0x0001"]);
  expect(stage.finals).toEqual(["fund:1"]);
});
