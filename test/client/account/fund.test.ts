import { describe, expect, test } from "vitest";
import { fundAccount } from "../../../client/account/fund.ts";
import type { Account } from "../../../client/account/opened-account.ts";
import { type Asked, memoryHome, openedBy, SESSION } from "./fakes.ts";

const { signal } = new AbortController();
const CARD = { card: "4242424242424242", amount: 5_000_000n };
const UNKNOWN = { status: 404, code: "DEPOSIT_UNKNOWN" };
const reply = (state: string, { reason = null as string | null, amount = "5000000", id = "d1" } = {}) => ({
  id,
  amount,
  state,
  reason,
  txHash: null,
});

interface Answers {
  /** To the charge. */
  readonly charge?: object;
  /** To a question about the key of the home's earlier deposit. */
  readonly earlier?: object;
  /** To a question about the deposit `d1`. */
  readonly end?: object;
}

function accountOf({ charge = reply("charging"), earlier = UNKNOWN, end = reply("credited") }: Answers) {
  const asked: Asked[] = [];
  const { client, network } = openedBy((one) => {
    asked.push(one);
    if (one.route === "POST /v1/deposits") return charge;
    return one.route === "GET /v1/deposits/d1" ? end : earlier;
  });
  const account: Account = { client, network, session: SESSION };
  const charges = () => asked.filter(({ route }) => route === "POST /v1/deposits");
  const keys = () => charges().map(({ headers }) => headers.get("idempotency-key"));
  return { account, keys };
}

const homeAfter = async (amount: string, idempotencyKey = "key-of-before") => {
  const home = memoryHome(SESSION);
  await home.deposit.write({ idempotencyKey, amount });
  return home;
};

test("a deposit whose answer was lost charges once: it goes on with its key, and is forgotten at its end", async () => {
  const home = memoryHome(SESSION);
  const lost = accountOf({ charge: { status: 502, code: "AUTHORITY_FAILED" } });
  await expect(fundAccount(home, lost.account, CARD, signal)).rejects.toMatchObject({ code: "AUTHORITY_FAILED" });
  const pending = await home.deposit.read();
  expect(lost.keys()).toEqual([pending?.idempotencyKey]);

  // The authority has it: nothing is charged again, whatever card is given.
  const found = accountOf({ earlier: reply("charging") });
  expect(await fundAccount(home, found.account, CARD, signal)).toMatchObject({ state: "credited" });
  expect(found.keys()).toEqual([]);
  expect(await home.deposit.read()).toBeNull();
});

describe("what became of an earlier deposit never locks the home:", () => {
  test.each<[string, object, object]>([
    ["refused for an empty treasury", { status: 503, code: "TREASURY_EMPTY" }, UNKNOWN],
    ["refused in a pause", { status: 503, code: "DEPOSITS_PAUSED" }, UNKNOWN],
    ["refused for its card", { status: 400, code: "CARD_INVALID" }, reply("failed", { id: "d0" })],
    ["refused because there were too many", { status: 429, code: "RATE_LIMITED" }, UNKNOWN],
  ])("%s, a smaller one is made at once", async (_what, refusal, earlier) => {
    const home = memoryHome(SESSION);
    const large = { ...CARD, amount: 10n ** 18n };
    await expect(fundAccount(home, accountOf({ charge: refusal }).account, large, signal)).rejects.toMatchObject({
      code: (refusal as { code: string }).code,
    });
    const { account, keys } = accountOf({ earlier });
    expect(await fundAccount(home, account, CARD, signal)).toMatchObject({ state: "credited" });
    expect(keys()).toHaveLength(1);
    expect(await home.deposit.read()).toBeNull();
  });

  test("a key that the authority does not know is used again: a request that is late charges nothing twice", async () => {
    const { account, keys } = accountOf({});
    await fundAccount(await homeAfter("1000000"), account, CARD, signal);
    expect(keys()).toEqual(["key-of-before"]);
  });

  test("unfinished, one of another amount is made beside it, and told so", async () => {
    const earlier = reply("charged", { id: "d0", amount: "1000000" });
    const { account, keys } = accountOf({ earlier });
    const told: unknown[] = [];
    await fundAccount(await homeAfter("1000000"), account, CARD, signal, (one) => told.push(one));
    expect(told).toEqual([earlier]);
    expect(keys()).toHaveLength(1);
    expect(keys()).not.toContain("key-of-before");
  });

  test.each(["declined", "failed", "refunding", "refunded"])("%s, the same amount is charged anew", async (state) => {
    const { account, keys } = accountOf({ earlier: reply(state, { id: "d0" }) });
    expect(await fundAccount(await homeAfter("5000000"), account, CARD, signal)).toMatchObject({ state: "credited" });
    expect(keys()).toHaveLength(1);
    expect(keys()).not.toContain("key-of-before");
  });

  test("credited meanwhile, the same command says so and charges nothing", async () => {
    const home = await homeAfter("5000000");
    const { account, keys } = accountOf({ earlier: reply("credited") });
    expect(await fundAccount(home, account, CARD, signal)).toMatchObject({ state: "credited" });
    expect(keys()).toEqual([]);
    expect(await home.deposit.read()).toBeNull();
  });
});

test.each<[string, string, RegExp]>([
  ["declined", "CARD_DECLINED", /declined \(why\): use another card/],
  ["failed", "DEPOSIT_FAILED", /\(why\): the card was not charged/],
  ["refunding", "DEPOSIT_REFUNDED", /\(why\): 5\.000000 TUSD goes back to the card/],
  ["refunded", "DEPOSIT_REFUNDED", /\(why\): 5\.000000 TUSD goes back to the card/],
])("a deposit that ends as %s is told as %s", async (state, code, message) => {
  const home = memoryHome(SESSION);
  const { account } = accountOf({ end: reply(state, { reason: "why" }) });
  await expect(fundAccount(home, account, CARD, signal)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
  expect(await home.deposit.read()).toBeNull();
});
