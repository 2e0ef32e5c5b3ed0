import { afterEach, describe, expect, test } from "vitest";
import { FairQueue } from "../../../authority/vouchers/signing/fair-queue.ts";
import { SigningThreads } from "../../../authority/vouchers/signing/signing-threads.ts";
import { bytesToHex, type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, recoverSigner, sign } from "../../../protocol/base/secp256k1.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { accountOf } from "../support/context.ts";

const separator = hashDomain({ chainId: 1, contract: accountOf(0xc0) });
const KEYS = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
const addressOf = (key: Uint8Array) => addressOfKey(publicKeyOf(key));

/** More than a piece, and not whole pieces. */
const COUNT = 150;

function vouchersOf() {
  return Array.from({ length: COUNT }, (_, i) => {
    const voucher = { payer: accountOf(1), payee: accountOf(2), lane: i, amount: BigInt(i) * 10n ** 20n };
    const signature = bytesToHex(sign(hashVoucher(separator, voucher), KEYS[i % 3] as Uint8Array));
    return { ...voucher, signature };
  });
}

let threads: SigningThreads | undefined;
afterEach(() => threads?.close());

describe("threads that sign", () => {
  test("tell the signer of each voucher, in order, and nobody's signature from somebody's", async () => {
    threads = new SigningThreads(2);
    const vouchers = vouchersOf();
    const bad = 77;
    (vouchers[bad] as { signature: Hex }).signature = `0x${"ff".repeat(64)}`;
    const signers = await threads.recover(accountOf(2), separator, vouchers);
    expect(signers).toEqual(vouchers.map((_, i) => (i === bad ? null : addressOf(KEYS[i % 3] as Uint8Array))));
  });

  test("sign each receipt with the key that is given", async () => {
    threads = new SigningThreads(1);
    const receipts = vouchersOf().map(({ signature: _, ...voucher }) => ({ ...voucher, receivedAt: 5 }));
    const [key] = KEYS as [Uint8Array];
    const signatures = await threads.sign(accountOf(2), separator, receipts, key);
    const signers = receipts.map((receipt, i) =>
      recoverSigner(hashReceipt(separator, receipt), hexToBytes(signatures[i] as Hex)),
    );
    expect(new Set(signers)).toEqual(new Set([addressOf(key)]));
    expect(signers.length).toBe(COUNT);
  });

  test("that end fail what they had, and the next push gets new ones", async () => {
    threads = new SigningThreads(1);
    const first = threads.recover(accountOf(2), separator, vouchersOf());
    const failed = expect(first).rejects.toThrow("the thread that signs has ended");
    await threads.close();
    await failed;
    expect((await threads.recover(accountOf(2), separator, vouchersOf())).length).toBe(COUNT);
  });
});

test("owners have their turns one after the other, however much one of them brings", () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 4; i++) queue.push("flood", `flood ${i}`);
  queue.push("honest", "honest 0");
  queue.push("honest", "honest 1");
  const order = Array.from({ length: 7 }, () => queue.shift());
  expect(order).toEqual(["flood 0", "honest 0", "flood 1", "honest 1", "flood 2", "flood 3", undefined]);
});
