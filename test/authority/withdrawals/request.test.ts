import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Header } from "../../../authority/chain/block.ts";
import type { MirrorEvent } from "../../../authority/chain/mirror/mirror-events.ts";
import { deriveFromEvents } from "../../../authority/deriving.ts";
import { derivedAt, undoAfter } from "../../../authority/store/mirror/undo-log.ts";
import { payDueWithdrawals, readWithdrawal, requestWithdrawal } from "../../../authority/withdrawals/withdrawals.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";

type Requested = Extract<MirrorEvent, { type: "withdrawalRequested" }>;

/** Anyone may bring what the wallet has signed to the chain. */

const TO = accountOf(0x70);
const AMOUNT = 1_000n;
const DELAY_SEC = 240;

let authority: TestAuthority;
let payer: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  payer = await authority.session(accountOf(1), 11);
  authority.chain.fund(payer.account, 5_000n);
});
afterEach(() => authority.stop());

const ask = () =>
  requestWithdrawal(authority.context, payer, {
    to: TO,
    amount: AMOUNT.toString(),
    deadline: START + 600,
    nonce: "0",
    signature: `0x${"11".repeat(65)}`,
  });
const read = (id: string) => readWithdrawal(authority.context, payer, id);

/** The mirror has followed the block in which the chain took the request. */
async function requested(change: Partial<Pick<Requested, "to" | "amount" | "withdrawableAt">> = {}): Promise<number> {
  const { store } = authority.context;
  const { number, timestamp } = authority.chain.confirmed;
  const withdrawableAt = timestamp + DELAY_SEC;
  const { account } = payer;
  const facts = { block: number, logIndex: 0, txHash: `0x${"ee".repeat(32)}` } as const;
  const event = {
    type: "withdrawalRequested",
    account,
    to: TO,
    amount: AMOUNT,
    withdrawableAt,
    ...facts,
    ...change,
  } as const;
  const block: Header = { number, timestamp, hash: `0x${"aa".repeat(32)}`, parentHash: `0x${"ab".repeat(32)}` };
  await store.transaction((trx) => derivedAt(trx, number, () => deriveFromEvents(trx, [event], new Map(), block)));
  return withdrawableAt;
}
async function mine(isSuccess: boolean): Promise<void> {
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 3; block++) authority.chain.mine();
}

describe("a withdrawal that somebody else has brought to the chain", () => {
  test("waits and is paid, although the operator's own transaction fails", async () => {
    const { id } = await ask();
    await authority.outbox().step();
    await mine(false);
    const withdrawableAt = await requested();
    await authority.outbox().step();
    expect(await read(id)).toMatchObject({ state: "waiting", reason: null, withdrawableAt });

    authority.chain.latest = { ...authority.chain.latest, timestamp: withdrawableAt };
    await payDueWithdrawals(authority.context);
    expect(await read(id)).toMatchObject({ state: "paying" });
    expect(await authority.context.store.db.selectFrom("transactions").select("kind").execute()).toContainEqual({
      kind: "withdraw-pay",
    });
  });

  test("waits, when the chain refuses the operator's before it is signed, as after a restore", async () => {
    const { id } = await ask();
    authority.chain.simulation = () => ({ ok: false, reason: "InvalidAccountNonce(0x01, 1)" });
    const withdrawableAt = await requested();
    await authority.outbox().step();
    expect(await read(id)).toMatchObject({ state: "waiting", withdrawableAt });
    expect(authority.chain.received).toEqual([]);
  });

  test("is asked for again, when the block goes away", async () => {
    const { id } = await ask();
    await requested();
    expect(await read(id)).toMatchObject({ state: "waiting" });
    const { number } = authority.chain.confirmed;
    await authority.context.store.transaction((trx) => undoAfter(trx, number - 1));
    expect(await read(id)).toMatchObject({ state: "requesting", withdrawableAt: null });
  });
});

test.each([
  ["amount", { amount: AMOUNT + 1n }],
  ["recipient", { to: accountOf(0x71) }],
  ["time, long past,", { withdrawableAt: START - 1 }],
])("a request with another %s is not the one that waits", async (_, change) => {
  const { id } = await ask();
  await requested(change);
  expect(await read(id)).toMatchObject({ state: "requesting" });
});
