import { expect, test } from "vitest";
import { lane1 } from "./allotments.ts";
import { StoreHome } from "./store-home.ts";

const home = new StoreHome();
const { payer } = lane1;

test("an account's standing is kept", async () => {
  expect(home.store.findStanding(payer)).toEqual({ account: payer, defaults: 0, badPieces: 0, bannedUntil: 0 });
  await home.store.saveStanding({ account: payer, defaults: 1, badPieces: 3, bannedUntil: 77 });
  home.reopen();
  expect(home.store.findStanding(payer)).toEqual({ account: payer, defaults: 1, badPieces: 3, bannedUntil: 77 });
});
