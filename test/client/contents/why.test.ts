import { describe, expect, test } from "vitest";
import { lanesOfAmount, parseAsked } from "../../../client/contents/find-ways.ts";
import { explainLane, type LaneFacts } from "../../../client/contents/why.ts";

const TOKEN = { decimals: 6 };
const END = 1_900_000_000;
const times = { now: END - 60, claimPeriodSec: 120 };
const TX = `0x${"ab".repeat(32)}`;
const PAYER = `0x${"1d".repeat(20)}`;

const facts: LaneFacts = {
  payer: PAYER,
  payee: `0x${"2e".repeat(20)}`,
  lane: 7,
  infoHash: "cd".repeat(20),
  role: "payee",
  pricePerGiB: 1_000_000n,
  expiresAt: END,
  voucher: 500n,
  refusal: null,
  receipt: null,
  account: null,
  batch: null,
};
type Account = NonNullable<LaneFacts["account"]>;
const account = (state: Account["state"], batch: number | null = null): Account => ({
  amount: "500",
  state,
  reason: null,
  batch,
});
const settled = { batch: 3, state: "final", txHash: TX, reason: "age" } as const;

test.each<[stuckAt: string, change: Partial<LaneFacts>, now: number, done: string, next: RegExp]>([
  ["nothing was promised", { voucher: 0n }, times.now, "", /^nothing: no money/],
  ["the voucher is not brought yet", {}, times.now, "pieces voucher", /^wait: the lane closes .*2030-03-17T17:46:40Z/],
  ["the authority refuses it", { refusal: "EXPIRED" }, times.now, "pieces voucher", /^`floodgate claim`/],
  [
    "the authority has an earlier one",
    { receipt: 400n, account: { ...account("open"), amount: "400" } },
    times.now,
    "pieces voucher",
    /^wait: the lane closes/,
  ],
  ["it is stored", { receipt: 500n, account: account("open") }, times.now, "pieces voucher receipt", /^wait/],
  ["it is closed", { receipt: 500n, account: account("closed") }, times.now, "pieces voucher receipt", /settles it/],
  [
    "it is under way",
    { receipt: 500n, account: account("settling", 3), batch: { ...settled, state: "sent" } },
    times.now,
    "pieces voucher receipt",
    /^wait: the transaction needs its blocks/,
  ],
  [
    "it is settled, not final",
    { receipt: 500n, account: account("settled", 3), batch: { ...settled, state: "mined" } },
    times.now,
    "pieces voucher receipt batch",
    /^wait: the transaction needs its blocks/,
  ],
  [
    "it is final",
    { receipt: 500n, account: account("settled", 3), batch: settled },
    times.now,
    "pieces voucher receipt batch final",
    /^nothing: it is paid/,
  ],
  [
    "the contract skipped it",
    { receipt: 500n, account: account("skipped", 3) },
    times.now,
    "pieces voucher receipt",
    /claim/,
  ],
  ["the authority is silent after its end", {}, END, "pieces voucher", /^`floodgate claim` .*17:48:40Z/],
  ["all is over", { account: account("expired") }, END + 120, "pieces voucher receipt", /^nothing can be done/],
])("%s", (_name, change, now, done, next) => {
  const way = explainLane({ ...facts, ...change }, { ...times, now });
  expect(way.steps.map(({ name }) => name)).toEqual(["pieces", "voucher", "receipt", "batch", "final"]);
  expect(way.steps.filter(({ isDone }) => isDone).map(({ name }) => name)).toEqual(done === "" ? [] : done.split(" "));
  expect(way.next).toMatch(next);
});

test("the pieces are those that the voucher covers, and the transaction is named", () => {
  const { steps } = explainLane({ ...facts, account: account("settled", 3), batch: settled }, times);
  expect(steps.map(({ text }) => text)).toEqual([
    "537944 bytes of pieces were served",
    "a voucher promises it",
    "the authority has stored the voucher",
    "settled, batch 3",
    `the transaction is final (${TX})`,
  ]);
});

test("a payer that is never asked for its money keeps it", () => {
  const way = explainLane({ ...facts, role: "payer", account: account("expired") }, times);
  expect(way.next).toBe("nothing: what is not settled stays in your account");
});

const lane = (change: Partial<Parameters<typeof lanesOfAmount>[0][number]>) => ({
  ...{ role: "payee" as const, payer: PAYER, payee: facts.payee, infoHash: "cd".repeat(20), state: "open" as const },
  amount: 5n,
  ...change,
});

test.each([
  ["one lane", 7n, [1]],
  ["two lanes with the same", 5n, [0, 2]],
  ["a content", 12n, [0, 1]],
  ["a counterparty", 18n, [2, 3]],
  ["what was paid", 400n, [4, 5]],
  ["what is not on-chain yet", 17n, [0, 1, 2]],
  ["nothing", 6n, []],
])("an amount is that of %s", (_what, amount, indices) => {
  const other = `0x${"3f".repeat(20)}`;
  const lanes = [
    lane({}),
    lane({ amount: 7n, state: "closed" }),
    lane({ infoHash: "ef".repeat(20), payer: other }),
    lane({ infoHash: "aa".repeat(20), payer: other, amount: 13n, state: "settled" }),
    lane({ role: "payer", amount: 100n, payee: other }),
    lane({ role: "payer", amount: 300n, infoHash: "bb".repeat(20) }),
    lane({ amount: 0n }),
  ];
  expect(lanesOfAmount(lanes, amount).map(({ index }) => index)).toEqual(indices);
});

test("an amount with more decimals than the token has is none", () => {
  expect(() => parseAsked("0.1234567", TOKEN)).toThrow(expect.objectContaining({ code: "AMOUNT_INVALID" }));
});

describe("a question", () => {
  test.each([
    ["7", { payer: null, lane: 7 }],
    [`${PAYER.toUpperCase().replace("0X", "0x")}/7`, { payer: PAYER, lane: 7 }],
    [TX, { txHash: TX }],
    ["0.50", { amount: 500_000n }],
    ["7.0", { amount: 7_000_000n }],
  ])("%s is understood", (text, asked) => {
    expect(parseAsked(text, TOKEN)).toEqual(asked);
  });

  test.each(["", "-1", "0x12/7", `${PAYER}/`, "7/8", "12345678901", "7.", ".5", "-0.5", "0x1.5"])(
    "%o is none",
    (text) => {
      expect(() => parseAsked(text, TOKEN)).toThrow(expect.objectContaining({ code: "LANE_INVALID" }));
    },
  );
});
