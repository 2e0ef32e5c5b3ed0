import { afterEach, beforeEach, expect, test } from "vitest";
import { createFundsView } from "../../../authority/funding/funds.ts";
import { awaitAllowance, createAllowanceWatch } from "../../../authority/funding/treasury.ts";
import { TestAuthority } from "../support/context.ts";

let authority: TestAuthority;
beforeEach(async () => {
  authority = await new TestAuthority().start();
});
afterEach(() => authority.stop());

const approvals = () =>
  authority.context.store.db
    .selectFrom("transactions")
    .select(["actionId", "state"])
    .where("kind", "=", "approve")
    .execute();

async function confirm(isSuccess = true): Promise<void> {
  await authority.outbox().step();
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 3; block++) authority.chain.mine();
  await authority.outbox().step();
}

test("an allowance that covers the treasury is left as it is", async () => {
  await createAllowanceWatch(authority.context)();
  expect(await approvals()).toEqual([]);
});

test("an allowance that falls below the treasury is raised again, once at a time", async () => {
  const watch = createAllowanceWatch(authority.context);
  authority.chain.allowance = 0n;
  for (let round = 0; round < 3; round++) {
    await watch();
    authority.chain.mine();
  }
  expect(await approvals()).toHaveLength(1);
  expect(authority.context.readiness.problems()).toMatchObject([{ part: "allowance" }]);

  await confirm();
  authority.chain.allowance = 2n ** 256n - 1n;
  await watch();
  expect(authority.context.readiness.problems()).toEqual([]);

  // Years later the token has counted it down, or the operator's key is another one.
  authority.chain.mine();
  authority.chain.allowance = authority.chain.treasury - 1n;
  await watch();
  expect(await approvals()).toMatchObject([{ state: "final" }, { state: "intent" }]);
});

test("an approval that failed is not the last one", async () => {
  const watch = createAllowanceWatch(authority.context);
  authority.chain.allowance = 0n;
  await watch();
  await confirm(false);
  await watch();
  expect(await approvals()).toMatchObject([{ state: "failed" }]);
  authority.now += 1;
  authority.chain.mine();
  await watch();
  expect(await approvals()).toMatchObject([{ state: "failed" }, { state: "intent" }]);
});

test("a start waits until deposits see the approval: the chain may have it before", async () => {
  const funds = createFundsView({ now: () => 1_000 });
  funds.saw({ treasury: 5n, allowance: 4n, block: 7 });
  const events: string[] = [];
  const ready = awaitAllowance({ funds }, 600_000).then(() => events.push("ready"));
  await new Promise(setImmediate);
  events.push("seen");
  funds.saw({ treasury: 5n, allowance: 5n, block: 8 });
  await ready;

  expect(events).toEqual(["seen", "ready"]);
});
