import { decodeFunctionData } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAccountSummary } from "../../../authority/accounts/account-summary.ts";
import { listReleases } from "../../../authority/store/tables/withdrawals.ts";
import { readWithdrawal, requestWithdrawal } from "../../../authority/withdrawals/withdrawals.ts";
import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, recoverSigner } from "../../../protocol/base/secp256k1.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { hashRelease } from "../../../protocol/signed/release.ts";
import { ALLOTTER, accountOf, killAtEveryQuery, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { grantLanes } from "../support/lanes.ts";

const TO = accountOf(0x70);
const BALANCE = 5_000_000n;

let authority: TestAuthority;
let payer: TestSession;
let payees: TestSession[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish("ab".repeat(20));
  payer = await authority.session(accountOf(1), 11);
  payees = [await authority.session(accountOf(21), 21)];
  authority.chain.fund(payer.account, BALANCE);
  authority.chain.authorize(payer.account, payer.sessionKey);
});
afterEach(() => authority.stop());

const ask = (amount: bigint, nonce = 0n, isNow = true) =>
  requestWithdrawal(authority.context, payer, {
    to: TO,
    amount: amount.toString(),
    deadline: START + 600,
    nonce: nonce.toString(),
    signature: `0x${"11".repeat(65)}`,
    ...(isNow ? { isNow } : {}),
  });
const read = (id: string) => readWithdrawal(authority.context, payer, id);

async function confirm(isSuccess = true): Promise<void> {
  const outbox = authority.outbox();
  await outbox.step();
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 2; block++) authority.chain.mine();
  await outbox.step();
}

/** The chain has used the account's release. */
function releaseSeen(amount: bigint): void {
  const before = authority.chain.accounts.get(payer.account);
  if (!before) throw new Error("no account");
  const { balance, releaseNonce } = before;
  authority.chain.accounts.set(payer.account, { ...before, balance: balance - amount, releaseNonce: releaseNonce + 1 });
}

const reservedByLanes = async (): Promise<bigint> =>
  BigInt((await readAccountSummary(authority.context, payer)).reserved);

describe("an instant exit is refused", () => {
  test("when live lanes need the money, with how much can go and when the rest can", async () => {
    await grantLanes(authority, payer, payees);
    const free = BALANCE - (await reservedByLanes());
    // The lane is good until 120 s after the block that the authority read, and claims on it 120 s
    // longer.
    await expect(ask(free + 1n)).rejects.toMatchObject({
      name: "PaymentError",
      code: "RELEASE_REFUSED",
      message: `${free} of ${free + 1n} base units can go at once; all of it in about 238 s, when the promises on it have ended`,
    });
    expect(await listReleases(authority.context.store.db, payer.account)).toEqual([]);
  });

  test("when it is more than the account has", async () => {
    await expect(ask(BALANCE + 1n)).rejects.toMatchObject({ code: "BALANCE_TOO_LOW" });
  });

  test("when the money is asked back already", async () => {
    const account = { balance: BALANCE, withdrawing: 1n, withdrawableAt: START + 240, releaseNonce: 0 };
    authority.chain.accounts.set(payer.account, account);
    await expect(ask(BALANCE)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: expect.stringContaining("the rest is asked back already"),
    });
  });

  test("when the contract would not take the wallet's signature", async () => {
    authority.chain.simulation = () => ({ ok: false, reason: "SignatureInvalid(0x01)" });
    await expect(ask(1n)).rejects.toMatchObject({ code: "WITHDRAWAL_REFUSED" });
  });

  test("while another release is open", async () => {
    await ask(1n);
    await expect(ask(1n, 1n)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
  });

  test("when the authority's view of the chain is older than a release lasts", async () => {
    authority.now = START + 58;
    await expect(ask(1n)).rejects.toMatchObject({ name: "ChainError", code: "RPC_UNAVAILABLE" });
  });

  test("by what the newest block says, when that came while the authority was reading", async () => {
    const { chain } = authority;
    const readOld = chain.readAccount;
    let reads = 0;
    chain.readAccount = async (account) => {
      const answer = await readOld(account);
      // The second read is the release's first: the account asks all of it back in a block that the
      // authority sees only then.
      if (++reads === 2) {
        chain.accounts.set(account, { ...answer, withdrawing: BALANCE });
        chain.mine();
      }
      return answer;
    };
    await expect(ask(1n)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
    expect(reads).toBe(3);
  });
});

describe("an instant exit", () => {
  test("is released by the allotter, relayed with the wallet's signature, and paid", async () => {
    const { id, state, withdrawableAt } = await ask(3_000_000n);
    expect({ state, withdrawableAt }).toEqual({ state: "releasing", withdrawableAt: null });
    await confirm();
    const data = authority.chain.done[0] as `0x${string}`;
    const { functionName, args } = decodeFunctionData({ abi: floodgateAbi, data });
    if (functionName !== "withdrawNowFor") throw new Error(functionName);
    const [withdrawal, , deadline, signature] = args;
    expect(withdrawal).toMatchObject({ amount: 3_000_000n, nonce: 0n, deadline: START + 600 });
    expect(deadline).toBe(START - 2 + 60);
    const release = { account: payer.account, to: TO, amount: 3_000_000n, nonce: 0, deadline };
    const signer = recoverSigner(hashRelease(authority.context.separator, release), hexToBytes(signature));
    expect(signer).toBe(addressOfKey(publicKeyOf(ALLOTTER)));
    expect(await read(id)).toMatchObject({ state: "paid", to: TO, amount: "3000000", reason: null });
  });

  test("that is asked for again is the same one", async () => {
    const first = await ask(7n);
    expect(await ask(7n)).toEqual(first);
    await confirm();
    expect(authority.chain.done).toHaveLength(1);
    expect(await ask(7n)).toMatchObject({ id: first.id, state: "paid" });
  });

  test("and one after the delay, signed with one number at once, are not told as one: the second is refused", async () => {
    const both = await Promise.allSettled([ask(7n), ask(9n, 0n, false)]);
    const [first] = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(both.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { code: "WITHDRAWAL_REFUSED", message: expect.stringContaining("under way") } },
    ]);
    await authority.outbox().step();
    expect(authority.chain.received).toHaveLength(1);
    expect(await read(first?.id ?? "")).toMatchObject({ amount: first?.amount });
  });

  test("with the number of another one that is under way is refused, and changes nothing", async () => {
    const { id } = await ask(7n);
    await expect(ask(8n)).rejects.toMatchObject({ code: "WITHDRAWAL_REFUSED" });
    expect(await read(id)).toMatchObject({ amount: "7" });
  });

  test("keeps its money from new lanes until the chain shows it used", async () => {
    await ask(BALANCE - 100n);
    expect(await readAccountSummary(authority.context, payer)).toMatchObject({ reserved: "4999900", free: "100" });
    expect(await grantLanes(authority, payer, payees)).toEqual([]);
    releaseSeen(BALANCE - 100n);
    expect(await readAccountSummary(authority.context, payer)).toMatchObject({
      balance: "100",
      reserved: "0",
      free: "100",
    });
  });

  test("that the chain refused stays reserved until its deadline is over, and can be asked for again then", async () => {
    const { id } = await ask(BALANCE);
    await confirm(false);
    expect(await read(id)).toMatchObject({ state: "failed", reason: expect.stringContaining("reverted") });
    await expect(ask(BALANCE)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
    const { number } = authority.chain.confirmed;
    authority.chain.confirmed = { number: number + 60, timestamp: START - 2 + 61 };
    authority.now = START + 61;
    const again = await ask(BALANCE);
    expect(again).toMatchObject({ state: "releasing" });
    expect(again.id).not.toBe(id);
    await confirm();
    expect(await read(again.id)).toMatchObject({ state: "paid" });
  });

  test("leaves the authority only when it is stored: a kill at any query promises it once, or not at all", async () => {
    const kills = await killAtEveryQuery(
      authority,
      () => ask(3_000_000n),
      async () => {
        const releases = await listReleases(authority.context.store.db, payer.account);
        const { reserved } = await readAccountSummary(authority.context, payer);
        expect(reserved).toBe(releases.length === 1 ? "3000000" : "0");
        await authority.outbox().step();
        if (releases.length === 0) expect(authority.chain.received).toEqual([]);
      },
    );
    expect(kills).toBeGreaterThan(5);
    await confirm();
    expect(authority.chain.done).toHaveLength(1);
  });
});
