import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashRelease, type Release } from "../../../protocol/signed/release.ts";
import { hashSessionAuthorization, type SessionAuthorization } from "../../../protocol/signed/session.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";
import { hashInstantWithdrawal, hashWithdrawal, type Withdrawal } from "../../../protocol/signed/withdrawal.ts";
import { type CrossCheckChain, deployHarness, type Harness, startChain } from "./chain.ts";
import { chunks, many, Random, scaled } from "./random.ts";

/** TypeScript and Solidity digest random values of each signed type alike. */

const COUNT = scaled(10_000);
const random = new Random("digests");
const separator = hashDomain({ chainId: 31_337, contract: random.address() });

let chain: CrossCheckChain;
let harness: Harness;

beforeAll(async () => {
  chain = await startChain();
  harness = await deployHarness(chain);
});

afterAll(() => chain[Symbol.asyncDispose]());

async function expectAlike<T>(
  functionName: string,
  make: () => T,
  hash: (separator: DomainSeparator, value: T) => Uint8Array,
  toAbi: (value: T) => unknown = (value) => value,
): Promise<void> {
  for (const values of chunks(many(COUNT, make), 1_000)) {
    const theirs = (await harness(functionName, [values.map(toAbi), bytesToHex(separator)])) as string[];
    const ours = values.map((value) => bytesToHex(hash(separator, value)));

    expect(ours).toEqual(theirs);
  }
}

describe("digests of random values are those of the contract's libraries", () => {
  test("vouchers", () =>
    expectAlike(
      "vouchers",
      (): Voucher => ({
        payer: random.address(),
        payee: random.address(),
        lane: random.number(4),
        amount: random.uint(12),
      }),
      hashVoucher,
    ));

  test("allotments", () =>
    expectAlike(
      "allotments",
      (): Allotment => ({
        payer: random.address(),
        payee: random.address(),
        sessionKey: random.address(),
        payeeKey: random.address(),
        lane: random.number(4),
        cap: random.uint(12),
        pricePerGiB: random.uint(12),
        credit: random.number(4),
        infoHash: random.address().slice(2),
        expiresAt: random.number(5),
      }),
      hashAllotment,
      (allotment) => ({ ...allotment, infoHash: `0x${allotment.infoHash}` }),
    ));

  test("session authorizations", () =>
    expectAlike(
      "authorizations",
      (): SessionAuthorization => ({
        account: random.address(),
        sessionKey: random.address(),
        limit: random.uint(12),
        expiresAt: random.number(5),
      }),
      hashSessionAuthorization,
    ));

  const randomWithdrawal = (): Withdrawal => ({
    account: random.address(),
    to: random.address(),
    amount: random.uint(12),
    deadline: random.number(5),
    nonce: random.uint(32),
  });

  test("withdrawals", () => expectAlike("withdrawals", randomWithdrawal, hashWithdrawal));

  test("instant withdrawals", () => expectAlike("instantWithdrawals", randomWithdrawal, hashInstantWithdrawal));

  test("releases", () =>
    expectAlike(
      "releases",
      (): Release => ({
        account: random.address(),
        to: random.address(),
        amount: random.uint(12),
        nonce: random.number(3),
        deadline: random.number(5),
      }),
      hashRelease,
    ));
});
