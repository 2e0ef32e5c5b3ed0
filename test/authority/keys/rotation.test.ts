import { randomUUID } from "node:crypto";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { ChainError } from "../../../protocol/base/errors.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import type { Info } from "../../../protocol/http/public.ts";
import { type Customer, logInNew, type RealAuthority, startRealAuthority, until } from "../support/real-authority.ts";

const NEXT_OPERATOR = new Uint8Array(32).fill(41);
const NEXT_ALLOTTER = new Uint8Array(32).fill(42);
const addressOf = (key: Uint8Array) => addressOfKey(publicKeyOf(key));

let authority: RealAuthority;
let customer: Customer;
let old: Info;
let keys: { operatorKey: Hex[]; allotterKey: Hex[] };
beforeAll(async () => {
  authority = await startRealAuthority({ readKeys: async () => keys });
  keys = authority.keys;
  old = await authority.client.info();
  customer = await logInNew(authority);
});
afterAll(() => authority[Symbol.asyncDispose]());

async function act(to: string, data: Hex, value = 0n): Promise<void> {
  const [from] = (await authority.rpc("eth_accounts")) as string[];
  const hash = await authority.rpc("eth_sendTransaction", { from, to, data, value: `0x${value.toString(16)}` });
  await until(
    () => authority.rpc("eth_getTransactionReceipt", hash) as Promise<{ status: string } | null>,
    (receipt) => receipt !== null,
  );
}
const untilInfo = (isDone: (info: Info) => boolean) => until(() => authority.client.info(), isDone);
async function deposit(): Promise<void> {
  const key = randomUUID();
  const ask = () => customer.client.deposit({ amount: "1000000", card: "4242424242424242" }, key);
  // Until the new key's approval is in a block, customers are told to try later.
  const isPaused = (error: Error): null => {
    if (error instanceof ChainError && error.code === "DEPOSITS_PAUSED") return null;
    throw error;
  };
  const taken = await until(
    () => ask().catch(isPaused),
    (reply) => reply !== null,
  );
  await until(
    () => customer.client.depositById(taken?.id ?? ""),
    ({ state }) => state === "credited",
  );
}
const sentBy = async (address: string) => Number(await authority.rpc("eth_getTransactionCount", address, "latest"));

test("the owner changes both keys while the authority runs: it signs and sends with the new ones", async () => {
  const { contract, token } = old;
  await deposit();
  const [operator, allotter] = [addressOf(NEXT_OPERATOR), addressOf(NEXT_ALLOTTER)];
  keys = {
    operatorKey: [...keys.operatorKey, bytesToHex(NEXT_OPERATOR)],
    allotterKey: [...keys.allotterKey, bytesToHex(NEXT_ALLOTTER)],
  };
  await act(operator, "0x", 10n ** 18n);
  const mint = { abi: testDollarAbi, functionName: "mint", args: [operator, 1_000_000_000n] } as const;
  await act(token.address, encodeFunctionData(mint));
  await act(contract, encodeFunctionData({ abi: floodgateAbi, functionName: "setOperator", args: [operator] }));
  const budget = { abi: floodgateAbi, functionName: "setAllotter", args: [allotter, 50_000_000n] } as const;
  await act(contract, encodeFunctionData(budget));

  // Peers learn the key before it signs: no claim can take from the bond on it yet.
  const named = await untilInfo((info) => info.operator === operator && info.allotters.length === 2);
  expect(named.allotters).toEqual([...old.allotters, allotter]);
  const sentBefore = await sentBy(old.operator);
  await deposit();
  expect(await sentBy(old.operator)).toBe(sentBefore);
  // Its approval, and the deposit.
  expect(await sentBy(operator)).toBeGreaterThan(1);

  await authority.rpc("evm_increaseTime", 3_600);
  const { bond } = await untilInfo((info) => info.allotters[0] === allotter);
  expect(bond.budget).toBe("50000000");

  const retire = { abi: floodgateAbi, functionName: "retireAllotter", args: [old.allotters[0] as Hex] } as const;
  await act(contract, encodeFunctionData(retire));
  // Its lanes live on for one allotment period.
  await authority.rpc("evm_increaseTime", old.allotmentPeriodSec + 10);
  await untilInfo((info) => info.allotters.length === 1);
});

test("an authority that starts anew with all its keys signs with the right ones", async () => {
  await authority.restart(keys);
  const info = await authority.client.info();
  expect([info.operator, info.allotters]).toEqual([addressOf(NEXT_OPERATOR), [addressOf(NEXT_ALLOTTER)]]);
});
