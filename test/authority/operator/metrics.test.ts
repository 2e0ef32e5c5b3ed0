import { afterEach, beforeEach, expect, test } from "vitest";
import type { Server } from "../../../authority/http/routes/route.ts";
import { formatMetrics } from "../../../authority/operator/exposition.ts";
import { enqueueTransaction } from "../../../authority/store/tables/transactions.ts";
import { TestAuthority } from "../support/context.ts";
import { CONTRACT } from "../support/fake-chain.ts";
import { serve } from "../support/serve.ts";

let authority: TestAuthority;
let server: Server;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  server = await serve(authority.context);
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

const scrape = (authorization = `Bearer ${authority.context.secrets.operator}`) =>
  server.inject({ url: "/metrics", headers: { authorization } });

test("a node that is set aside is in the metrics with its reason, and so is what does not work", async () => {
  authority.chain.listNodes = () => [
    { name: "a.example", aside: { kind: "time-ahead", reason: "its time is 9 s ahead" }, faults: { "time-ahead": 3 } },
    { name: "b.example", aside: null, faults: { silent: 1 } },
  ];
  authority.context.readiness.report("gas", "send ether");
  const intent = { kind: "fund", recipient: CONTRACT, data: "0x01" } as const;
  await enqueueTransaction(authority.context.store.db, { actionId: "fund:1", ...intent });

  const { headers, body } = await scrape();
  expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = body.split("\n").filter((line) => !line.startsWith("#"));
  expect(lines).toEqual(
    expect.arrayContaining([
      "floodgate_ready 0",
      'floodgate_problem{part="gas"} 1',
      'floodgate_chain_block{block="confirmed"} 98',
      'floodgate_node_used{node="a.example"} 0',
      'floodgate_node_used{node="b.example"} 1',
      'floodgate_node_aside{node="a.example",reason="time-ahead"} 1',
      'floodgate_node_faults_total{node="a.example",reason="time-ahead"} 3',
      'floodgate_node_faults_total{node="b.example",reason="silent"} 1',
      'floodgate_transactions_pending{kind="fund"} 1',
      "floodgate_lanes_waiting 0",
    ]),
  );
  expect(body).toContain("# TYPE floodgate_node_faults_total counter\n");
});

test("nobody sees them without the operator secret", async () => {
  expect((await scrape("Bearer none")).statusCode).toBe(401);
});

test("labels are escaped as the format wants it", () => {
  const text = formatMetrics([{ name: "x", help: "a\nb", samples: [{ labels: { of: 'a"b\\c\nd' }, value: 1 }] }]);
  expect(text).toBe('# HELP floodgate_x a\\nb\n# TYPE floodgate_x gauge\nfloodgate_x{of="a\\"b\\\\c\\nd"} 1\n');
});
