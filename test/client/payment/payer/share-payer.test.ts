import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSharePayer, type SharePayer } from "../../../../client/payment/payer/share-payer.ts";
import { openPeerStore, type PeerStore } from "../../../../client/store/peer-store.ts";
import { NetworkError } from "../../../../protocol/base/errors.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { shareOf, splitPrice } from "../../../../protocol/base/publisher-share.ts";
import { addressOfKey, publicKeyOf } from "../../../../protocol/base/secp256k1.ts";
import type { Push, PushReply } from "../../../../protocol/http/payments.ts";
import { CONTENT, NOW, network, separator, PRICE as WHOLE } from "../network.ts";

const PRICE = splitPrice(WHOLE, 20);
const KEY = new Uint8Array(32).fill(11);
const SESSION = addressOfKey(publicKeyOf(KEY));
const [PAYER, SELLER, PUBLISHER] = ["01", "02", "03"].map((byte): Address => `0x${byte.repeat(20)}`) as Address[];
const SOLD = 10_000n;

let home: string;
let store: PeerStore;
let pushed: Push["vouchers"];
let lines: string[];
/** What the authority answers, one after the other; then receipts. */
let answers: (string | Error)[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "floodgate-share-"));
  [store, pushed, lines, answers] = [openPeerStore(home), [], [], []];
  const terms = { payer: PAYER as Address, sessionKey: SESSION, infoHash: CONTENT, credit: 0, expiresAt: NOW + 100 };
  const signature = new Uint8Array(64);
  const lane = (number: number, payee: Address, payeeKey: Address, pricePerGiB: bigint) =>
    store.saveAllotment({ ...terms, payee, payeeKey, lane: number, cap: 2n * SOLD, pricePerGiB, signature });
  await lane(1, PUBLISHER as Address, PUBLISHER as Address, PRICE.publisher);
  await lane(2, SELLER as Address, PAYER as Address, PRICE.seller);
  await store.saveSigned({ payer: PAYER as Address, payee: SELLER as Address, lane: 2, amount: SOLD, signature });
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true, force: true });
});

function start(): SharePayer {
  const identity = { account: PAYER, sessionKey: SESSION, privateKey: KEY } as never;
  const clock = { now: () => NOW } as never;
  const onFatal = (error: unknown): void => {
    throw error;
  };
  const log = (line: string): void => void lines.push(line);
  return createSharePayer({ identity, clock, network, onFatal, log, separator, store }, answer);
}

async function answer({ vouchers }: Push): Promise<PushReply> {
  // What a kill now would leave is what was promised.
  for (const { lane, amount } of vouchers) expect(store.findPayerLane(lane)?.amount).toBe(BigInt(amount));
  const said = answers.shift();
  if (said instanceof Error) throw said;
  pushed.push(...vouchers);
  const results = vouchers.map(({ payer, lane, amount, signature }) =>
    said === undefined ? { payer, lane, amount, receivedAt: NOW, signature } : { payer, lane, code: said },
  );
  return { results, close: [], restores: 0 };
}

test("what is due is stored, then brought, once; after a kill once more", async () => {
  const due = { lane: 1, amount: `${shareOf(SOLD, PRICE)}`, final: false };
  const payer = start();
  await payer.finish(CONTENT, PRICE, false);
  await payer.finish(CONTENT, PRICE, false);
  expect(pushed).toMatchObject([due]);
  store.close();
  store = openPeerStore(home);
  await start().finish(CONTENT, PRICE, false);
  expect(pushed).toMatchObject([due, due]);
});

test("the last push of a complete content closes the lane, and nothing more is signed on it", async () => {
  const payer = start();
  await payer.finish(CONTENT, PRICE, true);
  expect(pushed).toMatchObject([{ lane: 1, final: true }]);
  const signature = new Uint8Array(64);
  await store.saveSigned({ payer: PAYER as Address, payee: SELLER as Address, lane: 2, amount: 2n * SOLD, signature });
  await payer.finish(CONTENT, PRICE, false);
  expect(store.findPayerLane(1)?.amount).toBe(shareOf(SOLD, PRICE));
});

test("an authority that is away is asked again, and told of once", async () => {
  const payer = start();
  answers = [new NetworkError("AUTHORITY_TIMEOUT", "no reply"), new NetworkError("AUTHORITY_TIMEOUT", "no reply")];
  for (let round = 0; round < 3; round++) await payer.finish(CONTENT, PRICE, false);
  expect(lines).toEqual([expect.stringContaining("does not take the publisher's share now")]);
  expect(pushed.length).toBe(1);
});

test("a lane that a restored authority has lost is brought back with its allotment", async () => {
  answers = ["LANE_UNKNOWN"];
  await start().finish(CONTENT, PRICE, false);
  expect(pushed.map(({ allotment }) => allotment?.lane)).toEqual([undefined, 1]);
});

test("a refusal is told once, and is not brought again", async () => {
  answers = ["LANE_SETTLED"];
  const payer = start();
  await payer.finish(CONTENT, PRICE, false);
  await payer.finish(CONTENT, PRICE, false);
  expect(pushed.length).toBe(1);
  expect(lines).toEqual([expect.stringContaining("LANE_SETTLED")]);
});
