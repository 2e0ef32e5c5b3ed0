import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeClaims } from "../../../authority/chain/contract-calls.ts";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { requestSession } from "../../../client/wallet/sign-in.ts";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import type { SettleReply, TrackerAnswers } from "../../../protocol/http/operator.ts";
import type { Complaint, StatementOffer } from "../../../protocol/http/payments.ts";
import type { Info } from "../../../protocol/http/public.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../../protocol/signed/allotment-json.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import {
  type Customer,
  logInNew,
  type RealAuthority,
  startRealAuthority,
  TRACKER_URL,
  until,
} from "../support/real-authority.ts";

const SIZE = 10_000_000;

let authority: RealAuthority;
let info: Info;
let separator: DomainSeparator;
let infoHash: string;
let payees: Customer[];
beforeAll(async () => {
  authority = await startRealAuthority();
  info = await authority.client.info();
  separator = hashDomain({ chainId: info.chainId, contract: info.contract as Hex });
  payees = [await logInNew(authority), await logInNew(authority)];
  const directory = mkdtempSync(join(tmpdir(), "floodgate-real-chain-"));
  const path = join(directory, "file.bin");
  writeFileSync(path, Buffer.alloc(SIZE, 7));
  const metainfo = await createMetainfo(path, { trackerUrl: TRACKER_URL, isPaid: true });
  rmSync(directory, { recursive: true });
  const publisher = payees[0] as Customer;
  ({ infoHash } = await publisher.client.publish(metainfo, { title: "file", pricePerGiB: "1000000000" }));
});
afterAll(() => authority[Symbol.asyncDispose]());

/** A customer with a deposit of 1,000.00 and a session that may spend it. */
async function fundedPayer(): Promise<Customer> {
  const payer = await logInNew(authority);
  const { id } = await payer.client.deposit({ amount: "1000000000", card: "4242424242424242" }, randomUUID());
  await until(
    () => payer.client.depositById(id),
    ({ state }) => state === "credited",
  );
  const { sessionKey } = payer;
  await requestSession(payer.client, payer.wallet, info, { sessionKey, limit: MAX_UINT96 });
  await until(
    () => payer.client.session(sessionKey),
    ({ state }) => state === "active",
  );
  return payer;
}

async function postAsOperator<T>(path: string, body: unknown): Promise<T> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${authority.operatorSecret}` };
  const response = await fetch(authority.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

/** One lane to each payee, by payee's account. */
async function lanesOf(payer: Customer): Promise<Map<string, SignedAllotment>> {
  const { now } = await authority.client.info();
  const { sessionKey, wallet } = payer;
  const request = {
    account: wallet.address,
    sessionKey,
    infoHash,
    bytesLeft: SIZE,
    topUp: [],
    met: [],
    requestedAt: now,
  };
  const announce = {
    infoHash,
    event: "started",
    bytesLeft: SIZE,
    session: { account: wallet.address, sessionKey },
    request: {
      requestedAt: now,
      topUp: [],
      met: [],
      signature: bytesToHex(sign(hashAllotmentRequest(separator, request), payer.privateKey)),
    },
    payees: payees.map((payee) => payee.sessionKey),
  };
  const { answers } = await postAsOperator<TrackerAnswers>("/v1/tracker/announces", { announces: [announce] });
  const [answer] = answers;
  const lanes = answer?.isKnown ? (answer.grant?.lanes.map(({ allotment }) => allotmentFromJson(allotment)) ?? []) : [];
  return new Map(lanes.map((lane) => [lane.payee, lane]));
}

/** The payee closes its lane with this voucher. Returns the voucher's signature. */
async function close(payer: Customer, payee: Customer, lane: SignedAllotment, amount: bigint): Promise<Hex> {
  const signature = bytesToHex(voucherOf(payer, lane, amount));
  const voucher = { payer: lane.payer, lane: lane.lane, amount: amount.toString(), signature, final: true };
  const { results } = await payee.client.pushVouchers({ vouchers: [voucher] });
  expect(results).toEqual([expect.objectContaining({ amount: amount.toString() })]);
  return signature;
}

const voucherOf = (payer: Customer, { payer: account, payee, lane }: SignedAllotment, amount: bigint) =>
  sign(hashVoucher(separator, { payer: account, payee, lane, amount }), payer.privateKey);

function signOffer(payer: Customer, offer: StatementOffer) {
  const lanes = offer.lanes.map(({ payee, lane, amount }) => ({ payee: payee as Hex, lane, amount: BigInt(amount) }));
  const digest = hashStatement(separator, { payer: payer.wallet.address, lanes });
  return payer.client.signStatement({ lanes: offer.lanes, signature: bytesToHex(sign(digest, payer.privateKey)) });
}

/** Polls as `floodgate settle --wait` does. */
const settled = () =>
  until(
    () => postAsOperator<SettleReply>("/v1/operator/settle", { close: false }),
    ({ waiting, batches }) => waiting.statement === 0 && batches.every(({ state }) => state === "final"),
  );

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
  const [lane] = (await payee.client.accountLanes(null)).lanes;
  expect(lane).toMatchObject({ lane: allotment.lane, state: "settled", amount: "50000", reason: null });
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
    const signature = await payer.wallet.signInstantWithdrawal(separator, { account: payer.wallet.address, ...terms });
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
  const signature = await payer.wallet.signWithdrawal(separator, withdrawal);
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
