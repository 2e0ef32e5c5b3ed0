import { afterEach, beforeEach, expect, test } from "vitest";
import { EMPTY } from "../../../authority/chain/mirror/contract-state.ts";
import { chainIdOf, createCharges } from "../../../authority/funding/charges.ts";
import { createDeposit, readDeposit } from "../../../authority/funding/deposits.ts";
import { createTestCards } from "../../../authority/funding/test-cards.ts";
import { createKeyWatch } from "../../../authority/keys/key-watch.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { InputError } from "../../../protocol/base/errors.ts";
import { addressOfKey, publicKeyOf, recoverSigner } from "../../../protocol/base/secp256k1.ts";
import { hashAllotment, type SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { ALLOTTER, accountOf, currentAllotter, TestAuthority, type TestSession } from "../support/context.ts";
import { OPERATOR_KEY, START } from "../support/fake-chain.ts";
import { CONTENT, grantLanes, pushVoucher } from "../support/lanes.ts";

const NEXT = new Uint8Array(32).fill(5);
const BOTH = { operators: [OPERATOR_KEY], allotters: [ALLOTTER, NEXT] };
const addressOf = (key: Uint8Array) => addressOfKey(publicKeyOf(key));

let authority: TestAuthority;
let payer: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  authority.chain.fund(payer.account, 50_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
});
afterEach(() => authority.stop());

const follow = () => authority.context.keys.follow(authority.chain);
/** A lane to a device that has none yet. */
async function grantTo(device: number): Promise<SignedAllotment> {
  authority.now += 2;
  const payee = await authority.session(accountOf(device), device);
  const lanes = await grantLanes(authority, payer, [payee]);
  const lane = lanes.find(({ payeeKey }) => payeeKey === payee.sessionKey);
  if (!lane) throw new Error("no lane");
  return lane;
}
const signerOf = ({ signature, ...terms }: SignedAllotment) =>
  recoverSigner(hashAllotment(authority.context.separator, { ...terms, signature } as SignedAllotment), signature);

test("peers learn the next key before it signs, and it signs once the bond answers for it", async () => {
  const { chain, context } = authority;
  context.keys.replace(BOTH);
  chain.allotters.set(addressOf(NEXT), currentAllotter(chain.confirmed.timestamp + 2));
  await follow();
  expect(context.keys.signers).toEqual([addressOf(ALLOTTER), addressOf(NEXT)]);
  expect(signerOf(await grantTo(21))).toBe(addressOf(ALLOTTER));
  for (const _ of [1, 2]) chain.mine();
  await follow();
  expect(context.keys.signers[0]).toBe(addressOf(NEXT));
  expect(signerOf(await grantTo(22))).toBe(addressOf(NEXT));
});

test("vouchers on lanes of a retired key are taken; without a key lanes go on, and nothing is allotted", async () => {
  const lane = await grantTo(21);
  const payee = { account: lane.payee, sessionKey: lane.payeeKey } as TestSession;
  const { chain, context } = authority;
  context.keys.replace(BOTH);
  chain.allotters.set(addressOf(NEXT), currentAllotter());
  chain.allotters.set(addressOf(ALLOTTER), { ...EMPTY.allotter, retiredAt: START });
  await follow();
  await pushVoucher(authority, { payer, payee }, lane.lane, 500n, false);
  chain.allotters.set(addressOf(NEXT), { ...EMPTY.allotter, retiredAt: START });
  await follow();
  await expect(grantTo(22)).rejects.toThrow("no lane");
  expect(await grantLanes(authority, payer, [])).toMatchObject([{ lane: lane.lane }]);
  const again = pushVoucher(authority, { payer, payee }, lane.lane, 600n, false);
  await expect(again).rejects.toMatchObject({ name: "ChainError", code: "ALLOTTER_RETIRED" });
  expect(context.readiness.problems()).toMatchObject([{ part: "allotter key" }]);
});

test("keys that are added while the authority runs are read, and files that are wrong change nothing", async () => {
  const { chain, context } = authority;
  let files: () => Promise<{ operatorKey: string; allotterKey: string[] }> = async () => ({
    operatorKey: bytesToHex(OPERATOR_KEY),
    allotterKey: [ALLOTTER, NEXT].map(bytesToHex),
  });
  chain.allotters.set(addressOf(NEXT), currentAllotter());
  const watch = createKeyWatch(context, () => files());
  await watch();
  expect(context.keys.allotter().address).toBe(addressOf(ALLOTTER));
  authority.now += 5;
  await watch();
  expect(context.keys.allotter().address).toBe(addressOf(NEXT));
  files = () => Promise.reject(new InputError("FILE_PERMISSIONS", "others may read it"));
  authority.now += 5;
  await watch();
  expect(context.keys.allotter().address).toBe(addressOf(NEXT));
  expect(context.readiness.problems()).toEqual([{ part: "key files", problem: "others may read it" }]);
});

test("a deposit that a former operator's key has funded, and that the store has lost, is not funded twice", async () => {
  const { chain, context } = authority;
  const charges = createCharges(context, createTestCards(context.store.db));
  const ask = () => createDeposit(context, charges, payer, "deposit-1", { amount: "100", card: "4242424242424242" });
  const { id } = await ask();
  chain.operators.unshift(addressOf(NEXT));
  chain.formerDeposits.add(chainIdOf(id));
  await authority.outbox().step();
  expect(chain.received).toEqual([]);
  expect(await readDeposit(context, payer, id)).toMatchObject({ state: "credited" });
});
