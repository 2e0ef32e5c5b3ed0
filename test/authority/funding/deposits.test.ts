import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestCards } from "../../../authority/funding/card-network.ts";
import { type Charges, createCharges } from "../../../authority/funding/charges.ts";
import { createDeposit, readDeposit } from "../../../authority/funding/deposits.ts";
import { accountOf, killAtEveryQuery, TestAuthority, type TestSession } from "../support/context.ts";

const PAYS = "4242424242424242";
const LOST = "4000000000000119";
const KEY = "deposit-1";

let authority: TestAuthority;
let caller: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  caller = await authority.session(accountOf(1), 11);
});
afterEach(() => authority.stop());

const charges = (): Charges => createCharges(authority.context, createTestCards(authority.context.store.db));
const deposit = (card: string) => createDeposit(authority.context, charges(), caller, KEY, { amount: "100", card });
const mine = (isSuccess = true): void => {
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 3; block++) authority.chain.mine();
};

/** What the store holds of the one deposit. */
const stored = () =>
  authority.context.store.db.selectFrom("deposits").select(["state", "reason"]).executeTakeFirstOrThrow();

describe("a deposit", () => {
  test("is charged, sent, and credited once its transaction is confirmed", async () => {
    const { id, state, txHash } = await deposit(PAYS);
    expect({ state, txHash }).toEqual({ state: "charged", txHash: null });

    await authority.outbox().step();
    expect(await readDeposit(authority.context, caller, id)).toMatchObject({ state: "sent", reason: null });
    expect(await stored()).toMatchObject({ state: "charged" });

    mine();
    await authority.outbox().step();
    const credited = { state: "credited", reason: null };
    expect(await readDeposit(authority.context, caller, id)).toMatchObject({ ...credited, amount: "100" });
    expect(await stored()).toEqual(credited);
  });

  test.each<[string, string, () => void]>([
    [
      "the contract refuses",
      "Paused()",
      () => {
        authority.chain.simulation = () => ({ ok: false, reason: "Paused()" });
      },
    ],
    ["reverts in its block", "reverted in block 101", () => undefined],
  ])("whose transaction %s has failed, with the reason", async (_name, reason, arrange) => {
    const { id } = await deposit(PAYS);
    arrange();
    await authority.outbox().step();
    mine(false);
    await authority.outbox().step();
    const failed = { state: "failed", reason: `charged, but not credited: ${reason}` };
    expect(await readDeposit(authority.context, caller, id)).toMatchObject(failed);
    expect(await stored()).toEqual(failed);
  });

  test("whose charge had no answer is funded when the card network tells, once, wherever the process is killed", async () => {
    expect(await deposit(LOST)).toMatchObject({ state: "charging" });
    await killAtEveryQuery(
      authority,
      () => charges().finish(),
      async () => expect(["charging", "charged"]).toContain((await stored()).state),
    );
    for (let round = 0; round < 2; round++) {
      await authority.outbox().step();
      mine();
    }
    await authority.outbox().step();
    expect(await stored()).toEqual({ state: "credited", reason: null });
    expect(authority.chain.done).toHaveLength(1);
  });
});
