import { afterEach, beforeEach, expect, test } from "vitest";
import { createOutbox, type Outbox } from "../../../authority/chain/outbox.ts";
import { createEndings } from "../../../authority/endings.ts";
import { enqueueTransaction, findTransaction } from "../../../authority/store/tables/transactions.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { TestAuthority } from "../support/context.ts";
import { CONTRACT } from "../support/fake-chain.ts";

let authority: TestAuthority;
let outbox: Outbox;
let finals: string[];
let failures: string[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  open();
});
afterEach(() => authority.stop());

function open(): void {
  finals = [];
  failures = [];
  outbox = createOutbox(authority.context, {
    ...createEndings(authority.context),
    fund: {
      onFinal: async (_db, { actionId }) => void finals.push(actionId),
      onFailed: async (_db, { actionId }, reason) => void failures.push(`${actionId}: ${reason}`),
    },
  });
}

async function enqueue(number: number): Promise<void> {
  const data: Hex = `0x${number.toString(16).padStart(4, "0")}`;
  await enqueueTransaction(authority.context.store.db, {
    actionId: `fund:${number}`,
    kind: "fund",
    recipient: CONTRACT,
    data,
  });
}

const stateOf = async (number: number) => (await findTransaction(authority.context.store.db, `fund:${number}`))?.state;

/** Rounds and blocks until nothing is under way. */
async function settle(): Promise<void> {
  for (let round = 0; round < 8; round++) {
    await outbox.step().catch(() => undefined);
    authority.chain.mine();
  }
  await outbox.step();
}

test("transactions become final in order, each once", async () => {
  for (const number of [1, 2, 3]) await enqueue(number);
  await outbox.step();
  expect(await Promise.all([1, 2, 3].map(stateOf))).toEqual(["sent", "sent", "sent"]);
  authority.chain.mine();
  await outbox.step();
  expect(await stateOf(1)).toBe("seen");
  expect(finals).toEqual([]);
  authority.chain.mine();
  authority.chain.mine();
  await outbox.step();
  expect(finals).toEqual(["fund:1", "fund:2", "fund:3"]);
  await settle();
  expect(authority.chain.done).toEqual(["0x0001", "0x0002", "0x0003"]);
  expect(finals.length).toBe(3);
});

test("an action that is enqueued twice is done once", async () => {
  await enqueue(1);
  await settle();
  await enqueue(1);
  await settle();
  expect(authority.chain.done).toEqual(["0x0001"]);
});

test.each(["simulate", "nonceAt", "sign", "send", "receipt"])(
  "the line breaks at %s and the process dies: the same transaction is mined, once",
  async (method) => {
    await enqueue(1);
    await enqueue(2);
    for (let crash = 0; crash < 6; crash++) {
      authority.chain.broken.set(method, 1);
      await outbox.step().catch(() => undefined);
      if (crash % 2 === 1) authority.chain.mine();
      await authority.restart();
      open();
    }
    authority.chain.broken.clear();
    await settle();
    expect(authority.chain.done).toEqual(["0x0001", "0x0002"]);
    expect(await Promise.all([1, 2].map(stateOf))).toEqual(["final", "final"]);
  },
);

test("a reorganization takes a transaction away: the same raw one is sent again, and is final once", async () => {
  await enqueue(1);
  await outbox.step();
  authority.chain.mine();
  await outbox.step();
  expect(await stateOf(1)).toBe("seen");
  authority.chain.reorganize(1);
  await outbox.step();
  expect(new Set(authority.chain.received).size).toBe(1);
  await settle();
  expect(finals).toEqual(["fund:1"]);
  expect(authority.chain.done).toEqual(["0x0001"]);
});

test("a reorganization takes a final transaction away: later ones are signed, and nothing ends", async () => {
  await enqueue(1);
  await settle();
  expect(await stateOf(1)).toBe("final");
  authority.chain.reorganize(6);
  await enqueue(2);
  await outbox.step();
  await outbox.step();
  expect(await stateOf(2)).toBe("sent");
});

test("a node that forgets its pool gets the transaction again", async () => {
  await enqueue(1);
  await outbox.step();
  authority.chain.pool.clear();
  await settle();
  expect(authority.chain.done).toEqual(["0x0001"]);
});

test("a nonce that another program has used up is replaced, for good", async () => {
  await enqueue(1);
  authority.chain.broken.set("send", 1);
  await outbox.step().catch(() => undefined);
  authority.chain.useNonce();
  await settle();
  expect(authority.chain.done.filter((data) => data === "0x0001").length).toBe(1);
  expect(await stateOf(1)).toBe("final");
});

test("what the chain refuses fails with its reason, and does not hold up the others", async () => {
  authority.chain.simulation = (data) =>
    data === "0x0002" ? { ok: false, reason: "Paused()" } : { ok: true, gas: 1n };
  for (const number of [1, 2, 3]) await enqueue(number);
  await settle();
  expect(failures).toEqual(["fund:2: Paused()"]);
  expect(authority.chain.done).toEqual(["0x0001", "0x0003"]);
});

test("a transaction that may need the one before it waits for it", async () => {
  authority.chain.simulation = (data) =>
    data === "0x0002" && authority.chain.done.length === 0
      ? { ok: false, reason: "ERC20InsufficientAllowance()" }
      : { ok: true, gas: 1n };
  await enqueue(1);
  await enqueue(2);
  await settle();
  expect(authority.chain.done).toEqual(["0x0001", "0x0002"]);
});

test("a revert in a block is a failure once the block is confirmed", async () => {
  await enqueue(1);
  await outbox.step();
  authority.chain.mine(false);
  await outbox.step();
  expect(failures).toEqual([]);
  await settle();
  expect(failures).toEqual([expect.stringContaining("fund:1: reverted in block")]);
});
