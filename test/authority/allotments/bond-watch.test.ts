import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBondWatch } from "../../../authority/allotments/bond-watch.ts";
import { accountOf, TestAuthority } from "../support/context.ts";
import { grantLanes } from "../support/lanes.ts";

let authority: TestAuthority;
beforeEach(async () => {
  authority = await new TestAuthority().start();
});
afterEach(() => authority.stop());

test("the authority warns once when the bond that is not asked back is below the live allotments, and says when it no longer is", async () => {
  await authority.publish("ab".repeat(20));
  const payer = await authority.session(accountOf(1), 11);
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  const lanes = await grantLanes(authority, payer, [await authority.session(accountOf(21), 21)]);
  const cap = lanes.reduce((sum, lane) => sum + lane.cap, 0n);
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ level: "info" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const watch = createBondWatch({ ...authority.context, log });
  const look = async (amount: bigint, withdrawing: bigint): Promise<void> => {
    authority.chain.bond = { ...authority.chain.bond, amount, withdrawing };
    authority.now += 60;
    await watch();
  };

  await look(cap, 0n);
  expect(lines).toEqual([]);
  await look(cap, 1n);
  await look(cap - 1n, 0n);
  expect(lines).toMatchObject([{ level: 40, msg: "the bond is below the live allotments" }]);
  await look(cap + 1n, 1n);
  expect(lines.at(1)).toMatchObject({ level: 30, msg: "the bond covers the live allotments again" });
});
