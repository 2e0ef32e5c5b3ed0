import { EarningsQuerySchema, EarningsSchema, WaysSchema, WhatSchema } from "../../protocol/http/peer.ts";
import { readPayeeLanes } from "../account/summary.ts";
import { addUp, unsettledOf } from "../contents/earnings.ts";
import { findWays, parseAsked } from "../contents/find-ways.ts";
import type { LocalPeer, Server } from "./routes.ts";

/** What was earned, and where the money of a lane is. */
export function addMoneyRoutes(server: Server, { run, contents, signal, nowSec }: LocalPeer): void {
  const { account, store } = run;
  server.get(
    "/v1/earnings",
    {
      schema: {
        summary: "money by content, day or counterparty",
        querystring: EarningsQuerySchema,
        response: { 200: EarningsSchema },
      },
    },
    async ({ query }) => {
      const [lanes, { earned, fees, unsettled }] = await Promise.all([
        readPayeeLanes(account.client, signal),
        account.client.account(signal),
      ]);
      const rows = addUp(query.by, store.listMoney(), unsettledOf(lanes)).map((row) => ({
        ...row,
        title: (query.by === "content" && contents.get(row.key)?.title) || null,
        paid: row.paid.toString(),
        earned: row.earned.toString(),
        unsettled: row.unsettled.toString(),
      }));
      return { rows, settled: earned, fees, unsettled };
    },
  );
  server.get(
    "/v1/why/:what",
    {
      schema: {
        summary: "the way of the money of a lane, a transaction or an amount",
        params: WhatSchema,
        response: { 200: WaysSchema },
      },
    },
    async ({ params }) => {
      const ways = await findWays(run, parseAsked(params.what, account.network.info.token), nowSec());
      return { lanes: ways.map((way) => ({ ...way, amount: way.amount.toString(), steps: [...way.steps] })) };
    },
  );
}
