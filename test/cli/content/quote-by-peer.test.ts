import { expect, test } from "vitest";
import { quoteByPeer } from "../../../cli/content/quote-by-peer.ts";
import type { LocalClient } from "../../../client/local-api/local-client.ts";

/** What a running peer's download costs is told before it begins, and compared with the account. */

const TOKEN = { address: `0x${"ab".repeat(20)}`, symbol: "TUSD", decimals: 6 };
const GIB = 2 ** 30;
const offer = { sizeBytes: GIB, pricePerGiB: "1000000", sharePercent: 0, spendable: "5000000", isHeld: false };

async function ask(change: Partial<typeof offer> | { spendable: null }, options = {}, answer: boolean | null = null) {
  const told: string[] = [];
  const asked: string[] = [];
  const client = { offer: async () => ({ ...offer, ...change }) } as unknown as LocalClient;
  const output = { event: (_name: string, _fields: object, text: string) => void told.push(text) } as never;
  const confirm = answer === null ? null : async (question: string) => asked.push(question) > 0 && answer;
  await quoteByPeer({ output, confirm }, client, "ab".repeat(20), TOKEN, options);
  return { told, asked };
}

test("the cost of the whole is told, and a program is not asked", async () => {
  const { told } = await ask({});
  expect(told).toEqual(["1.0 GiB to get for 1.000000 TUSD at most; 5.000000 TUSD in the account"]);
});

test("a person is asked before much is spent, unless they said yes before", async () => {
  expect((await ask({}, {}, true)).asked).toHaveLength(1);
  expect((await ask({}, { yes: true }, true)).asked).toEqual([]);
  expect((await ask({}, { maxSpend: "0.5" }, true)).asked).toEqual([]);
  await expect(ask({}, {}, false)).rejects.toMatchObject({ code: "PRICE_DECLINED" });
});

test("what the account cannot pay is not begun, unless a cap or a sponsor makes that good", async () => {
  const poor = { spendable: "900000" };
  await expect(ask(poor)).rejects.toMatchObject({ code: "BALANCE_TOO_LOW" });
  expect((await ask(poor, { maxSpend: "0.9" })).told).toHaveLength(1);
  expect((await ask(poor, { cache: "0.9" })).told).toHaveLength(1);
  expect((await ask(poor, { sponsored: true })).told[0]).toContain("the sponsor pays");
});

test("what is free, or held already, is not asked about", async () => {
  expect((await ask({ spendable: null })).told).toEqual([]);
  expect((await ask({ isHeld: true })).told).toEqual([]);
});
