import { expect, test } from "vitest";
import { readEarnings } from "../../../client/account/summary.ts";
import { NOW, openedBy, SESSION } from "./fakes.ts";

const [FILM, TALK] = ["ab".repeat(20), "cd".repeat(20)];
const PEER = `0x${"ee".repeat(20)}`;
const lane = (number: number, infoHash: string, amount: string, state: string, role = "payee") => ({
  ...{ role, payer: PEER, payee: SESSION.account, lane: number, infoHash, cap: "9", amount, state },
  ...{ reason: null, batch: null, expiresAt: NOW },
});

test("earnings are summed by content over all pages, without what is not the account's to earn", async () => {
  const pages: Record<string, object> = {
    "GET /v1/account/lanes": {
      lanes: [lane(5, FILM, "5", "settled"), lane(4, TALK, "7", "open"), lane(3, FILM, "2", "skipped")],
      cursor: "more",
    },
    "GET /v1/account/lanes?cursor=more": {
      lanes: [lane(2, FILM, "4", "closed"), lane(1, FILM, "0", "open"), lane(9, FILM, "8", "settled", "payer")],
      cursor: null,
    },
    "GET /v1/account": {
      ...{ account: SESSION.account, block: 1, balance: "0", withdrawing: "0", withdrawableAt: 0, reserved: "0" },
      ...{ free: "0", unsettled: "11", earned: "4", fees: "1", paid: "0", owing: "0", withdrawalNonce: "0" },
    },
  };
  const opened = openedBy(({ route }) => pages[route] ?? { status: 404, code: "ROUTE_UNKNOWN" });

  expect(await readEarnings({ ...opened, session: SESSION }, new AbortController().signal)).toEqual({
    earned: 4n,
    fees: 1n,
    unsettled: 11n,
    contents: [
      { infoHash: FILM, settled: 5n, unsettled: 4n, lanes: 3 },
      { infoHash: TALK, settled: 0n, unsettled: 7n, lanes: 1 },
    ],
  });
});
