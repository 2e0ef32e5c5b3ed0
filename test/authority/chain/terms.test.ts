import { afterEach, beforeEach, expect, test } from "vitest";
import { createTerms } from "../../../authority/chain/terms.ts";
import { accountOf, TestAuthority } from "../support/context.ts";

const ALLOTTER = accountOf(0xa1);

let authority: TestAuthority;
beforeEach(async () => {
  authority = await new TestAuthority().start();
});
afterEach(() => authority.stop());

test("the terms are those of the confirmed block, and the last known while the chain is away", async () => {
  const { chain } = authority;
  const terms = await createTerms(chain, ALLOTTER);
  chain.bond = { ...chain.bond, amount: 7n };
  expect((await terms.read()).bond.amount).toBe("0");
  chain.mine();
  chain.broken.set("readBond", 1);
  expect((await terms.read()).bond.amount).toBe("0");
  expect(await terms.read()).toMatchObject({ feeBps: 100, bond: { amount: "7" } });
});
