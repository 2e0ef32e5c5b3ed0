import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeClaims } from "../../../authority/chain/contract-calls.ts";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import type { Complaint, StatementOffer } from "../../../protocol/http/payments.ts";
import type { Info } from "../../../protocol/http/public.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { type Customer, type RealAuthority, startRealAuthority, until } from "../support/real-authority.ts";
import { RealMarket } from "../support/real-market.ts";

let authority: RealAuthority;
let market: RealMarket;
let info: Info;
let payees: readonly Customer[];
beforeAll(async () => {
  authority = await startRealAuthority();
  market = await RealMarket.open(authority);
  ({ info, payees } = market);
});
afterAll(() => authority[Symbol.asyncDispose]());

const fundedPayer = () => market.fundedPayer();
const lanesOf = (payer: Customer) => market.lanesOf(payer);
const close = (payer: Customer, payee: Customer, lane: SignedAllotment, amount: bigint) =>
  market.push(payer, payee, lane, amount);
const voucherOf = (payer: Customer, lane: SignedAllotment, amount: bigint) => market.voucherOf(payer, lane, amount);
const settled = () => market.settled();

function signOffer(payer: Customer, offer: StatementOffer) {
  const lanes = offer.lanes.map(({ payee, lane, amount }) => ({ payee: payee as Hex, lane, amount: BigInt(amount) }));
  const digest = hashStatement(market.separator, { payer: payer.wallet.address, lanes });
  return payer.client.signStatement({ lanes: offer.lanes, signature: bytesToHex(sign(digest, payer.privateKey)) });
}

const unsettled = async (payee: Customer) => (await payee.client.account()).unsettled;

/** A transaction of a devnet account that is not the authority's. */
async function send(account: number, to: string, data: Hex): Promise<void> {
  const accounts = (await authority.rpc("eth_accounts")) as string[];
  const hash = await authority.rpc("eth_sendTransaction", { from: accounts[account], to, data });
  await until(
    () => authority.rpc("eth_getTransactionReceipt", hash) as Promise<{ status: string } | null>,
    (receipt) => receipt !== null,
  );
}

test("one signature of the payer settles its lanes with two payees", async () => {
  const payer = await fundedPayer();
  const before = (await authority.client.batches()).length;
  const lanes = await lanesOf(payer);
  for (const [i, payee] of payees.entries())
    await close(payer, payee, lanes.get(payee.wallet.address) as SignedAllotment, 100_000n + BigInt(i));
  const offer = await payer.client.statement();
  expect(offer.lanes).toHaveLength(2);
  expect((await signOffer(payer, offer)).lanes).toEqual([]);
  const { batches } = await settled();
  expect(batches.slice(0, batches.length - before)).toMatchObject([
    { kind: "statements", reason: "forced", state: "final", rows: 2, skipped: 0, total: "200001", fee: "2000" },
  ]);
  expect(await payer.client.account()).toMatchObject({ balance: "999799999", paid: "200001" });
  expect(await Promise.all(payees.map(unsettled))).toEqual(["0", "0"]);
});

test("a stranger that burns a lane with an old voucher costs its payee nothing", async () => {
  const payer = await fundedPayer();
  const payee = payees[0] as Customer;
  const allotment = (await lanesOf(payer)).get(payee.wallet.address) as SignedAllotment;
  const earnedBefore = BigInt((await payee.client.account()).earned);
  await close(payer, payee, allotment, 50_000n);
  const old = { allotment, amount: 20_000n, signature: voucherOf(payer, allotment, 20_000n) };
  await send(3, info.contract, encodeClaims([old]));
  await settled();
  const account = await until(
    () => payee.client.account(),
    ({ unsettled }) => unsettled === "0",
  );
  // Claims cost no fee.
  expect(BigInt(account.earned) - earnedBefore).toBe(50_000n);
  // The mirror knows of the claim a moment before its transaction ends.
  const { lanes } = await until(
    () => payee.client.accountLanes(null),
    ({ lanes: [newest] }) => newest?.state !== "settling",
  );
  expect(lanes[0]).toMatchObject({ lane: allotment.lane, state: "settled", amount: "50000", reason: null });
  expect(await payer.client.account()).toMatchObject({ balance: "999950000", paid: "50000" });
});

test("a payee that was not paid may complain about its own lane, once", async () => {
  const payer = await fundedPayer();
  const [payee, other] = payees as [Customer, Customer];
  const allotment = (await lanesOf(payer)).get(payee.wallet.address) as SignedAllotment;
  const complaint: Complaint = {
    payer: allotment.payer,
    lane: allotment.lane,
    amount: "700",
    signature: bytesToHex(voucherOf(payer, allotment, 700n)),
    unpaidBytes: 65_536,
  };
  const refused: [string, string, Customer, Partial<Complaint>][] = [
    ["AccessError", "LANE_UNKNOWN", payee, { lane: 4_000_000_000 }],
    ["AccessError", "PAYEE_WRONG", other, {}],
    ["InputError", "ABOVE_CAP", payee, { amount: (allotment.cap + 1n).toString() }],
    ["InputError", "SIGNATURE_INVALID", payee, { amount: "701" }],
    ["InputError", "REQUEST_INVALID", payee, { unpaidBytes: 0 }],
  ];
  for (const [name, code, from, change] of refused)
    await expect(from.client.complain({ ...complaint, ...change }), code).rejects.toMatchObject({ name, code });
  await expect(authority.client.complain(complaint)).rejects.toMatchObject({ code: "LOGIN_REQUIRED" });

  const { payer: account, lane } = allotment;
  const kept = await payee.client.complain(complaint);
  expect(kept).toMatchObject({ payer: account, lane });
  expect(await payee.client.complain({ ...complaint, amount: "0", signature: null })).toEqual(kept);
});

test("an instant exit pays at once what no lane needs, and no more", async () => {
  const payer = await fundedPayer();
  await lanesOf(payer);
  const { free, withdrawalNonce } = await payer.client.account();
  expect(BigInt(free)).toBeLessThan(1_000_000_000n);
  const ask = async (amount: bigint) => {
    const { now } = await authority.client.info();
    const terms = { to: payer.wallet.address, amount, deadline: now + 600, nonce: BigInt(withdrawalNonce) };
    const signature = await payer.wallet.signInstantWithdrawal(market.separator, {
      account: payer.wallet.address,
      ...terms,
    });
    return payer.client.withdraw({
      ...terms,
      amount: amount.toString(),
      nonce: withdrawalNonce,
      signature,
      isNow: true,
    });
  };
  await expect(ask(BigInt(free) + 1n)).rejects.toMatchObject({ name: "PaymentError", code: "RELEASE_REFUSED" });
  const { id } = await ask(BigInt(free));
  const ended = await until(
    () => payer.client.withdrawalById(id),
    ({ state }) => state !== "releasing",
  );
  expect(ended).toMatchObject({ state: "paid", amount: free, withdrawableAt: null });
  expect(await payer.client.account()).toMatchObject({
    free: "0",
    balance: (1_000_000_000n - BigInt(free)).toString(),
  });
});

test("an account that asks money back on its own is seen as leaving: its lanes settle at once", async () => {
  const payer = await fundedPayer();
  const payee = payees[1] as Customer;
  const before = (await authority.client.batches()).length;
  await close(payer, payee, (await lanesOf(payer)).get(payee.wallet.address) as SignedAllotment, 30_000n);
  await signOffer(payer, await payer.client.statement());
  const { now, contract } = await authority.client.info();
  const { withdrawalNonce } = await payer.client.account();
  const terms = { to: payer.wallet.address, amount: 1n, deadline: now + 600, nonce: BigInt(withdrawalNonce) };
  const withdrawal = { account: payer.wallet.address, ...terms };
  const signature = await payer.wallet.signWithdrawal(market.separator, withdrawal);
  const call = { abi: floodgateAbi, functionName: "requestWithdrawalFor", args: [withdrawal, signature] } as const;
  await send(4, contract, encodeFunctionData(call));
  const batches = await until(
    () => authority.client.batches(),
    (all) => all.length > before,
  );
  expect(batches[0]).toMatchObject({ kind: "statements", reason: "leaving", rows: 1 });
});

test("the bond that backs vouchers is shown", async () => {
  expect((await authority.client.info()).bond).toEqual({
    amount: "100000000",
    withdrawing: "0",
    withdrawableAt: 0,
    budget: "100000000",
    spent: "0",
  });
  const { contract, token } = info;
  const [owner] = (await authority.rpc("eth_accounts")) as [Hex];
  const amount = 5_000_000n;
  await send(0, token.address, encodeFunctionData({ abi: testDollarAbi, functionName: "mint", args: [owner, amount] }));
  const approve = { abi: testDollarAbi, functionName: "approve", args: [contract as Hex, amount] } as const;
  await send(0, token.address, encodeFunctionData(approve));
  await send(0, contract, encodeFunctionData({ abi: floodgateAbi, functionName: "depositBond", args: [amount] }));
  const budget = [info.allotters[0] as Hex, 104_000_000n] as const;
  await send(0, contract, encodeFunctionData({ abi: floodgateAbi, functionName: "setAllotter", args: budget }));
  const request = { abi: floodgateAbi, functionName: "requestBondWithdrawal", args: [1_000_000n] } as const;
  await send(0, contract, encodeFunctionData(request));
  const { bond } = await until(
    () => authority.client.info(),
    (now) => now.bond.withdrawing !== "0",
  );
  // The raise counts after the bond's delay.
  expect(bond).toMatchObject({ amount: "105000000", withdrawing: "1000000", budget: "100000000", spent: "0" });
  expect(bond.withdrawableAt).toBeGreaterThan(info.now + 480);
});
