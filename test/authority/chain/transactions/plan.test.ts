import { describe, expect, test } from "vitest";
import {
  type Attempt,
  type ChainView,
  type Pending,
  type Plan,
  planTransactions,
} from "../../../../authority/chain/transactions/plan.ts";
import type { Hex } from "../../../../protocol/base/bytes.ts";
import type { Address } from "../../../../protocol/base/ids.ts";

const OPERATOR: Address = `0x${"0b".repeat(20)}`;
const FORMER: Address = `0x${"0a".repeat(20)}`;
const POLICY = { bumpAfterBlocks: 10, ceiling: 10_000n, maxWaiting: 4 };
const FEES = { maxFeePerGas: 2_010n, maxPriorityFeePerGas: 10n };

const attempt = (nonce: number, change: Partial<Attempt> = {}): Attempt => ({
  sender: OPERATOR,
  nonce,
  hash: `0x${nonce}`,
  fees: FEES,
  isCancel: false,
  signedAtBlock: 100,
  ...change,
});
const pending = (id: number, change: Partial<Pending> = {}): Pending => ({
  id,
  state: "sent",
  attempts: [attempt(id)],
  nonce: id,
  block: null,
  deadline: null,
  notBefore: 0,
  cancelReason: null,
  isUnderpriced: false,
  sentAtBlock: 100,
  ...change,
});
const intent = (id: number, change: Partial<Pending> = {}): Pending =>
  pending(id, { state: "intent", attempts: [], nonce: null, sentAtBlock: null, ...change });
const receipt = (block: number, { isFinal = true, isSuccess = true } = {}) => ({
  block,
  isSuccess,
  isFinal,
  gasUsed: 1n,
  logs: [],
});

function plan(
  all: readonly Pending[],
  {
    nonces = { latest: 1, confirmed: 1 },
    receipts = {},
    used = [] as number[],
    ...view
  }: Record<string, unknown> & {
    nonces?: { latest: number; confirmed: number };
    receipts?: Record<Hex, ReturnType<typeof receipt> | null | "unreadable">;
    used?: number[];
  } = {},
): Plan {
  const known = new Map<Hex, ReturnType<typeof receipt> | null>(
    all.flatMap(({ attempts }) => attempts.map(({ hash }) => [hash, null] as const)),
  );
  for (const [hash, found] of Object.entries(receipts)) {
    if (found === "unreadable") known.delete(hash as Hex);
    else known.set(hash as Hex, found);
  }
  const chain: ChainView = {
    operator: OPERATOR,
    signers: new Set([OPERATOR]),
    latest: 101,
    time: 1_000,
    now: 1_000,
    nonces: new Map([
      [OPERATOR, nonces],
      [FORMER, nonces],
    ]),
    receipts: known,
    price: { baseFee: 1_000n, priorityFee: 10n },
    ...view,
  };
  const own = all.flatMap(({ attempts }) => attempts).filter(({ sender }) => sender === OPERATOR);
  return planTransactions(all, new Set([...used, ...own.map(({ nonce }) => nonce)]), chain, POLICY);
}
const types = ({ effects }: Plan) =>
  effects.map((effect) => `${effect.type} ${"id" in effect ? effect.id : effect.nonce}`);

describe("where a transaction is", () => {
  test("a receipt in a confirmed block ends it, whichever replacement was mined", () => {
    const both = pending(1, { attempts: [attempt(1, { hash: "0xa" }), attempt(1, { hash: "0xb" })] });
    const { effects } = plan([both], { receipts: { "0xa": receipt(90) }, nonces: { latest: 2, confirmed: 2 } });
    expect(effects).toMatchObject([{ type: "end", id: 1, attempt: { hash: "0xa" } }]);
  });

  test("a receipt in a later block marks it, once, and a block that is gone is told", () => {
    const seen = { receipts: { "0x1": receipt(101, { isFinal: false }) }, nonces: { latest: 2, confirmed: 1 } };
    expect(types(plan([pending(1)], seen))).toEqual(["mined 1"]);
    expect(types(plan([pending(1, { state: "mined", block: 101 })], seen))).toEqual([]);
    expect(types(plan([pending(1, { state: "mined", block: 99 })], seen))).toEqual(["mined 1"]);
    expect(types(plan([pending(1, { state: "mined", block: 101 })]))).toEqual(["unmined 1"]);
  });

  test("a lagging node's null receipt alone gives nothing up: not in the newest blocks, nor without a receipt", () => {
    expect(types(plan([pending(1)], { nonces: { latest: 2, confirmed: 1 } }))).toEqual([]);
    const unreadable = { receipts: { "0x1": "unreadable" as const }, nonces: { latest: 2, confirmed: 2 } };
    expect(types(plan([pending(1)], unreadable))).toEqual([]);
    expect(types(plan([pending(1)], { nonces: { latest: 2, confirmed: 2 } }))).toEqual(["lost 1"]);
  });

  test("a receipt that nobody can read leaves out only itself", () => {
    const all = [pending(1), pending(2), intent(3)];
    const view = {
      receipts: { "0x1": "unreadable" as const, "0x2": receipt(90) },
      nonces: { latest: 3, confirmed: 3 },
    };
    expect(types(plan(all, view))).toEqual(["end 2", "begin 3"]);
  });

  test("what reverted at an earlier nonce is over; a success there counts", () => {
    const again = pending(2, { attempts: [attempt(1), attempt(2)] });
    const nonces = { latest: 2, confirmed: 2 };
    expect(types(plan([again], { receipts: { "0x1": receipt(90, { isSuccess: false }) }, nonces }))).toEqual([]);
    expect(types(plan([again], { receipts: { "0x1": receipt(90) }, nonces }))).toEqual(["end 2"]);
  });
});

describe("what is sent", () => {
  test("is sent again after two blocks, at once after a restart, and never while it pauses", () => {
    expect(types(plan([pending(1)]))).toEqual([]);
    expect(types(plan([pending(1)], { latest: 102 }))).toEqual(["send 1"]);
    expect(types(plan([pending(1, { sentAtBlock: null })]))).toEqual(["send 1"]);
    expect(types(plan([pending(1, { sentAtBlock: null, notBefore: 1_001 })]))).toEqual([]);
  });

  test("gets a higher fee when it is next and waits for too many blocks; those behind it wait", () => {
    const { effects } = plan([pending(1), pending(2)], { latest: 110 });
    expect(effects.map(({ type }) => type)).toEqual(["replace", "send"]);
    expect(effects[0]).toMatchObject({ fees: { maxFeePerGas: 2_262n, maxPriorityFeePerGas: 12n } });
  });

  test("gets a higher fee behind others, too, when no block can hold it at today's price", () => {
    const view = { latest: 110, price: { baseFee: 3_000n, priorityFee: 10n } };
    expect(types(plan([pending(1), pending(2)], view))).toEqual(["replace 1", "replace 2"]);
  });

  test("gets a higher fee at once when a node calls it underpriced, up to the ceiling and no further", () => {
    expect(types(plan([pending(1, { isUnderpriced: true })]))).toEqual(["replace 1"]);
    const dear = attempt(1, { fees: { maxFeePerGas: 9_000n, maxPriorityFeePerGas: 10n } });
    const held = plan([pending(1, { isUnderpriced: true, attempts: [dear] })]);
    expect([types(held), held.aboveCeiling]).toEqual([[], 1]);
  });

  test("is cancelled when it is too late or never taken: its nonce holds up nothing", () => {
    expect(types(plan([pending(1, { deadline: 999 })]))).toEqual(["cancel 1"]);
    expect(types(plan([pending(1, { deadline: 1_000 })]))).toEqual([]);
    expect(types(plan([pending(1, { cancelReason: "too much gas" })]))).toEqual(["cancel 1"]);
    const cancelled = pending(1, {
      deadline: 999,
      attempts: [attempt(1), attempt(1, { hash: "0xc", isCancel: true })],
    });
    expect(types(plan([cancelled]))).toEqual([]);
    expect(types(plan([cancelled], { latest: 110 }))).toEqual(["cancel 1"]);
  });

  test("by a former operator's key is only followed and sent again: nobody can sign it anew", () => {
    const former = pending(1, { attempts: [attempt(1, { sender: FORMER })] });
    expect(types(plan([former], { latest: 150 }))).toEqual(["send 1"]);
    expect(plan([former]).nextNonce).toBe(1);
  });

  test("by a former operator's key that is still here gets a higher fee, of the same key", () => {
    const former = pending(1, { attempts: [attempt(1, { sender: FORMER })] });
    const signers = new Set([OPERATOR, FORMER]);
    expect(types(plan([former], { latest: 150, signers }))).toEqual(["replace 1"]);
    const isToCancel = { ...former, cancelReason: "refused" };
    expect(types(plan([isToCancel], { signers }))).toEqual(["cancel 1"]);
  });
});

describe("what begins", () => {
  test("begins in order, as many as nodes hold of one sender, each for itself", () => {
    const all = [pending(1), intent(2, { notBefore: 1_001 }), ...[3, 4, 5, 6].map((id) => intent(id))];
    expect(types(plan(all))).toEqual(["begin 3", "begin 4", "begin 5"]);
  });

  test("ends instead when it is too late", () => {
    expect(types(plan([intent(1, { deadline: 999 }), intent(2)]))).toEqual(["drop 1", "begin 2"]);
  });

  test("takes the nonce after all that the chain has and all that was ever signed", () => {
    expect(plan([intent(1)]).nextNonce).toBe(1);
    expect(plan([pending(4)], { used: [1, 2, 3] }).nextNonce).toBe(5);
    // A node that lags says 0, but these were signed.
    expect(plan([intent(9)], { nonces: { latest: 0, confirmed: 0 }, used: [0, 1, 2] }).nextNonce).toBe(3);
  });

  test("a nonce that no action holds and no block has is filled, also one that was used in a block that is gone", () => {
    expect(types(plan([pending(4)], { used: [1, 3, 4] }))).toEqual(["fill 1", "fill 2", "fill 3"]);
    expect(types(plan([pending(4)], { nonces: { latest: 4, confirmed: 3 }, used: [1, 3, 4] }))).toEqual([]);
  });

  test("a gap below what an earlier key has signed is filled, too, by that key", () => {
    const earlier = pending(7, { attempts: [attempt(7, { sender: FORMER })] });
    const nonces = { latest: 5, confirmed: 5 };
    const { effects } = plan([earlier], { nonces, signers: new Set([OPERATOR, FORMER]) });
    expect(effects).toEqual([5, 6].map((nonce) => ({ type: "fill", sender: FORMER, nonce })));
    // Without that key nobody can.
    expect(types(plan([earlier], { nonces }))).toEqual([]);
  });

  test("no more nonces are filled at a time than nodes hold of one sender", () => {
    expect(types(plan([], { used: [9] }))).toEqual(["fill 1", "fill 2", "fill 3", "fill 4"]);
  });
});
