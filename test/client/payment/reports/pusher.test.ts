import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAllotters } from "../../../../client/payment/allotters.ts";
import type { PaymentContext } from "../../../../client/payment/context.ts";
import { Pusher } from "../../../../client/payment/reports/pusher.ts";
import { openPeerStore, type PeerStore } from "../../../../client/store/peer-store.ts";
import { bytesToHex } from "../../../../protocol/base/bytes.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../../protocol/base/secp256k1.ts";
import type { Push, PushReply } from "../../../../protocol/http/payments.ts";
import { allotmentToJson } from "../../../../protocol/signed/allotment-json.ts";
import { hashReceipt } from "../../../../protocol/signed/receipt.ts";
import { allotmentOf } from "../../store/allotments.ts";
import { NOW, network, separator } from "../network.ts";

const FIRST_KEY = new Uint8Array(32).fill(3);
const NEXT_KEY = new Uint8Array(32).fill(4);
const STRANGER = new Uint8Array(32).fill(5);
const addressOf = (key: Uint8Array): Address => addressOfKey(publicKeyOf(key));

const lane = allotmentOf(1);
const { payer, payee } = lane;

let home: string;
let store: PeerStore;
let pushed: Push[];
let asked: number;
/**
 * The authority's key, the keys that it names, and by how much it holds more than it is brought.
 */
let key: Uint8Array;
let named: Address[];
let more: bigint;
let restores = 0;
/** Its code of refusal, or null. */
let refusal: string | null;
let lines: string[];
let pusher: Pusher;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "floodgate-pusher-"));
  store = openPeerStore(home);
  [pushed, asked, more] = [[], 0, 0n];
  [refusal, lines] = [null, []];
  [key, named] = [FIRST_KEY, [addressOf(FIRST_KEY)]];
  const context = {
    store,
    separator,
    network,
    identity: { account: payee },
    clock: { now: () => lane.expiresAt },
    setTimer: () => () => undefined,
    log: (line: string) => void lines.push(line),
    // The store is closed at the end of the test.
    onFatal: () => undefined,
  };
  pusher = new Pusher(context as unknown as PaymentContext, {
    push: async (body) => {
      pushed.push(body);
      return answer(body);
    },
    allotters: createAllotters({
      known: named,
      ask: async () => {
        asked++;
        return named;
      },
      nowMs: () => 0,
    }),
    openLanes: () => 0,
    closeLane: async () => false,
  });
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true });
});

function answer({ vouchers }: Push): PushReply {
  const results = vouchers.map(({ lane: number, amount }) => {
    if (refusal !== null) return { payer, lane: number, code: refusal, message: "no" };
    const receipt = { payer, payee, lane: number, amount: BigInt(amount) + more, receivedAt: NOW };
    const signature = bytesToHex(sign(hashReceipt(separator, receipt), key));
    return { payer, lane: number, amount: receipt.amount.toString(), receivedAt: NOW, signature };
  });
  return { results, close: [], restores };
}

async function bring(amount: bigint): Promise<void> {
  await store.saveAccepted(lane);
  await store.saveVoucher({ payer, payee, lane: 1, amount, signature: new Uint8Array(64).fill(9) }).synced;
  await pusher.flush();
}

const receipt = () => store.findPayeeLane(payer, 1)?.receipt ?? null;

test("a receipt is kept, and the authority is not asked for its keys", async () => {
  await bring(100n);
  const terms = { payer, payee, lane: 1, amount: 100n, receivedAt: NOW };
  expect(receipt()).toEqual({ ...terms, signature: sign(hashReceipt(separator, terms), FIRST_KEY) });
  await pusher.flush();
  expect([pushed.length, asked]).toEqual([1, 0]);
});

test("a receipt over more than was brought is kept: the authority holds more", async () => {
  more = 5n;
  await bring(100n);
  expect(receipt()?.amount).toBe(105n);
});

test("a new key of the authority is asked for once, and the receipts of the old key stay", async () => {
  await bring(100n);
  [key, named] = [NEXT_KEY, [addressOf(NEXT_KEY)]];
  const second = allotmentOf(2);
  await store.saveAccepted(second);
  await store.saveVoucher({ payer, payee, lane: 2, amount: 70n, signature: new Uint8Array(64).fill(9) }).synced;
  await pusher.flush();
  expect(store.findPayeeLane(payer, 2)?.receipt?.amount).toBe(70n);
  await bring(200n);
  expect(receipt()?.amount).toBe(200n);
  expect(asked).toBe(1);
});

test.each<[string, () => void]>([
  ["of a key that the authority does not name", () => (key = STRANGER)],
  ["over less than was brought", () => (more = -1n)],
])("a receipt %s is not kept, and the voucher is brought again", async (_name, change) => {
  change();
  await expect(bring(100n)).rejects.toMatchObject({ name: "NetworkError", code: "RECEIPT_INVALID" });
  expect(receipt()).toBeNull();
  [key, more] = [FIRST_KEY, 0n];
  await pusher.flush();
  expect(receipt()?.amount).toBe(100n);
  expect(pushed).toHaveLength(2);
});

test.each(["PAYEE_WRONG", "LANE_SETTLED"])("a refusal that may pass (%s) is tried again", async (code) => {
  refusal = code;
  await bring(100n);
  await pusher.flush();
  expect(pushed).toHaveLength(1);
  expect(lines).toHaveLength(1);
  refusal = null;
  pusher.start();
  await pusher.flush();
  expect(pushed).toHaveLength(2);
  expect(receipt()?.amount).toBe(100n);
});

test("a lane that the authority has lost is brought at once with its allotment, and later again", async () => {
  refusal = "LANE_UNKNOWN";
  await bring(100n);
  expect(pushed.map(({ vouchers }) => vouchers[0]?.allotment)).toEqual([undefined, allotmentToJson(lane)]);
  refusal = null;
  pusher.start();
  await pusher.flush();
  expect(receipt()?.amount).toBe(100n);
});

test("an authority that was restored gets all vouchers once more, whatever it has given receipts for", async () => {
  await bring(100n);
  await pusher.flush();
  expect(pushed).toHaveLength(1);
  restores = 1;
  pusher.start();
  await pusher.flush();
  await pusher.flush();
  expect(pushed.slice(1).map(({ vouchers }) => vouchers.map(({ amount }) => amount))).toEqual([[], ["100"]]);
});

test("a refusal for good is not tried again", async () => {
  refusal = "ABOVE_CAP";
  await bring(100n);
  pusher.start();
  await pusher.flush();
  expect(pushed.filter(({ vouchers }) => vouchers.length > 0)).toHaveLength(1);
});
