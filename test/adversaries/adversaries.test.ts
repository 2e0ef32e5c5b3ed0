import { beforeAll, expect, test } from "vitest";
import { SMALL } from "../../scripts/cheats/arena.ts";
import { judge, type Row } from "../../scripts/cheats/row.ts";
import { runAll } from "./run-all.ts";

let rows: Row[];
beforeAll(async () => {
  rows = await runAll(SMALL, { isParallel: true });
});

test.each([
  "never pays, and comes back",
  "pays late",
  "pays half",
  "pays with old vouchers",
  "pays on another's lane",
  "large view",
  "floods bad signatures",
  "sends 100 % bad pieces",
  "takes vouchers and stops",
  "man in the middle",
  "withdraws its deposit mid-download",
  "revokes its session mid-download",
  "asks for login nonces",
  "announces without the secret",
  "pushes 100 bad vouchers at once",
  "publishes empty dictionaries",
  "uses another's access token",
  "floods a swarm from one address",
])("gains no more than the protocol allows: %s", (scenario) => {
  const row = rows.find((one) => one.scenario === scenario);

  expect(row && judge(row)).toEqual([]);
});
