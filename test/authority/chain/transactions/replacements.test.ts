import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Hex } from "../../../../protocol/base/bytes.ts";
import { killAtEveryQuery } from "../../support/context.ts";
import { OutboxStage } from "../../support/outbox-stage.ts";

let stage: OutboxStage;
beforeEach(async () => {
  stage = await new OutboxStage().start();
});
afterEach(() => stage.authority.stop());

describe("a transaction whose price is too low", () => {
  const spike = (baseFee: bigint): void => {
    stage.authority.chain.price = { baseFee, priorityFee: 10n };
  };

  test("is replaced until a block takes it, and its action ends once", async () => {
    await stage.enqueue(1);
    await stage.outbox.step();
    spike(5_000n);
    await stage.mine(10);
    expect(stage.authority.chain.done).toEqual([]);
    await stage.mine(4);
    expect(stage.finals).toEqual(["fund:1"]);
    expect(stage.authority.chain.done).toEqual(["0x0001"]);
    const attempts = await stage.authority.context.store.db.selectFrom("attempts").select(["nonce", "hash"]).execute();
    expect(attempts.map(({ nonce }) => nonce)).toEqual([0, 0]);
    expect((await stage.find(1))?.hash).toBe(attempts[1]?.hash);
  });

  test("ends once, too, when the block takes the one that was replaced", async () => {
    await stage.enqueue(1);
    await stage.outbox.step();
    const [first] = stage.authority.chain.received;
    spike(5_000n);
    await stage.mine(10);
    spike(1n);
    stage.authority.chain.pool.set(0, first as Hex);
    await stage.mine(4);
    expect(stage.finals).toEqual(["fund:1"]);
    expect(stage.authority.chain.done).toEqual(["0x0001"]);
  });

  test("waits when gas costs more than the operator pays, and the operator is told", async () => {
    spike(stage.authority.context.config.chain.transactions.ceiling);
    await stage.enqueue(1);
    await stage.outbox.step();
    expect(stage.authority.chain.received).toEqual([]);
    expect(stage.authority.context.readiness.problems()).toEqual([
      { part: "gas price", problem: "gas costs more than the ceiling of 500 gwei: 1 transaction waits" },
    ]);
    spike(1_000n);
    await stage.mine(5);
    expect(stage.finals).toEqual(["fund:1"]);
    expect(stage.authority.context.readiness.problems()).toEqual([]);
  });

  test("gets a higher fee at once when its operator wants one, but never above the ceiling", async () => {
    const { chain, context } = stage.authority;
    await stage.enqueue(1);
    await stage.outbox.step();
    spike(5_000n);
    const { id } = (await stage.find(1)) as { id: number };
    const feesOf = async () => {
      const attempts = await context.store.db.selectFrom("attempts").select("maxFeePerGas").orderBy("id").execute();
      return attempts.map(({ maxFeePerGas }) => BigInt(maxFeePerGas));
    };
    context.wishes.add(id, "bump");
    context.wishes.add(id, "retry");
    await stage.outbox.step();
    const [first, second] = (await feesOf()) as [bigint, bigint];
    expect(second).toBeGreaterThan(first);
    expect(chain.received).toHaveLength(2);
    // Told once: it is not signed again.
    await stage.outbox.step();
    expect(await feesOf()).toHaveLength(2);
    const { ceiling } = context.config.chain.transactions;
    for (let more = 0; more < 300; more++) {
      context.wishes.add(id, "bump");
      await stage.outbox.step();
    }
    for (const fee of await feesOf()) expect(fee).toBeLessThanOrEqual(ceiling);
    await stage.mine(4);
    expect(stage.finals).toEqual(["fund:1"]);
    expect(chain.done).toEqual(["0x0001"]);
  });

  test("that a node keeps refusing is sent again at once when its operator wants it", async () => {
    const { chain, context } = stage.authority;
    chain.refuses = () => ({ answer: "unknown", text: "come back later" });
    await stage.enqueue(1);
    await stage.outbox.step();
    await stage.outbox.step();
    expect(chain.received).toHaveLength(1);
    chain.refuses = () => null;
    context.wishes.add(((await stage.find(1)) as { id: number }).id, "retry");
    await stage.outbox.step();
    expect(chain.received).toHaveLength(2);
    expect(await stage.stateOf(1)).toBe("sent");
  });

  test("killed at any query is done once", async () => {
    await stage.enqueue(1);
    await stage.outbox.step();
    spike(5_000n);
    for (let block = 0; block < 10; block++) stage.authority.chain.mine();
    await killAtEveryQuery(
      stage.authority,
      async () => {
        stage.open();
        await stage.outbox.step();
      },
      async () => stage.authority.chain.mine(),
    );
    stage.open();
    await stage.settle();
    expect(stage.authority.chain.done).toEqual(["0x0001"]);
    expect(await stage.stateOf(1)).toBe("final");
  });
});
