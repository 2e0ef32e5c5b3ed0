import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchShares } from "../../../client/account/fetch-shares.ts";
import type { Account } from "../../../client/account/opened-account.ts";
import { openPeerStore, type PeerStore } from "../../../client/store/peer-store.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { NOW, network, separator } from "../payment/network.ts";
import { allotmentOf } from "../store/allotments.ts";

const [ALLOTTER, PAYER_SESSION, STRANGER] = [3, 4, 5].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const addressOf = (key: Uint8Array) => addressOfKey(publicKeyOf(key));
const AMOUNT = 7n;

let directory: string;
let store: PeerStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-shares-"));
  store = openPeerStore(directory);
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

interface Change {
  readonly toDevice?: boolean;
  readonly allotter?: Uint8Array;
  readonly receiptBy?: Uint8Array;
  readonly voucherBy?: Uint8Array;
}

/** An authority that knows one lane to the publisher. */
function accountWith({
  toDevice,
  allotter = ALLOTTER,
  receiptBy = ALLOTTER,
  voucherBy = PAYER_SESSION,
}: Change): Account {
  const base = allotmentOf(1);
  const { payee } = base;
  const terms = {
    ...base,
    sessionKey: addressOf(PAYER_SESSION),
    payeeKey: toDevice ? base.payeeKey : payee,
    cap: 100n,
    expiresAt: NOW + 100,
  };
  const allotment = { ...terms, signature: sign(hashAllotment(separator, terms), allotter) };
  const { payer, lane } = allotment;
  const voucher = { payer, payee, lane, amount: AMOUNT };
  const receipt = { ...voucher, receivedAt: NOW };
  const papers = {
    allotment: allotmentToJson(allotment),
    voucher: { amount: `${AMOUNT}`, signature: bytesToHex(sign(hashVoucher(separator, voucher), voucherBy)) },
    receipt: { receivedAt: NOW, signature: bytesToHex(sign(hashReceipt(separator, receipt), receiptBy)) },
  };
  const row = { role: "payee", payer, lane, amount: `${AMOUNT}`, expiresAt: allotment.expiresAt };
  const client = { timeline: async () => ({ lanes: [row], cursor: null }), lanePapers: async () => papers };
  const info = { ...network.info, now: NOW, allotters: [addressOf(ALLOTTER)] };
  return { client, network: { ...network, info }, session: { account: payee } } as unknown as Account;
}

const fetched = (change: Change = {}) => fetchShares(accountWith(change), store, new AbortController().signal);

test("a voucher of the publisher's share is kept once, with its receipt, and is not pushed", async () => {
  expect(await fetched()).toEqual({ lanes: 1, amount: AMOUNT });
  expect(await fetched()).toEqual({ lanes: 0, amount: 0n });
  expect(store.listVouchers()).toMatchObject([{ amount: AMOUNT, receipt: { amount: AMOUNT, receivedAt: NOW } }]);
  expect(store.listToPush(10)).toEqual([]);
});

test("what pays a device stays with that device", async () => {
  expect(await fetched({ toDevice: true })).toEqual({ lanes: 0, amount: 0n });
});

test.each<[string, Change]>([
  ["an allotment", { allotter: STRANGER }],
  ["a receipt", { receiptBy: STRANGER }],
  ["a voucher", { voucherBy: STRANGER }],
])("%s that a stranger has signed is refused, and nothing is kept", async (_what, change) => {
  await expect(fetched(change)).rejects.toMatchObject({ code: "REPLY_INVALID" });
  expect(store.listVouchers()).toEqual([]);
});
