import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { buildBatch, buildStatementBatch } from "../../protocol/contract/batch.ts";
import { becomeOperator, claimCall, hold, type Operator, settleCall } from "../../scripts/cheats/operator.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { startWorld, type World } from "../support/world.ts";

/**
 * The authority's keys are in the wrong hands, its program is gone, and payers sign whatever they
 * are told to.
 */

const HEAD = { bundleHash: `0x${"0".repeat(64)}`, validUntil: 2 ** 40 - 1 } as const;
/** Key of the devnet's account 7, which pays the gas. */
const GAS_KEY = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356";
const ACCOMPLICE: Address = `0x${"ac".repeat(20)}`;

let world: World;
let operator: Operator;
let gasKeyFile: string;
const payers = new Map<string, Customer>();
beforeAll(async () => {
  world = await startWorld(["--bond", "100", "--bond-budget", "1"]);
  for (const payer of await Promise.all(["emptied", "cheap", "burnt", "calm"].map((name) => world.customer(name))))
    payers.set(payer.name, payer);
  await world.network.authority.kill();
  operator = await becomeOperator(world.network, await world.devnet.now());
  gasKeyFile = join(world.directory, "gas.key");
  writeFileSync(gasKeyFile, GAS_KEY, { mode: 0o600 });
});
afterAll(() => world[Symbol.asyncDispose]());

const payer = (name: string): Customer => payers.get(name) as Customer;

/** A payee that has lost all but what a claim needs: the network file, and its store. */
function payee(name: string, account: Address): Payee {
  const home = join(world.directory, name);
  mkdirSync(home, { mode: 0o700 });
  copyFileSync(join(payer("calm").home, "network.json"), join(home, "network.json"));
  return { home, account };
}

type Payee = Pick<Customer, "home" | "account">;

const rpc = (): string[] => ["--rpc", world.network.rpcUrl];

/** What the payee holds of lanes of `payer`: their best vouchers, caps as high. */
async function holdVouchers(payer: Customer, payee: Payee, amounts: Record<number, Amount>): Promise<void> {
  for (const [lane, amount] of Object.entries(amounts)) {
    const wish = { payer, payee: payee.account, lane: Number(lane), cap: amount };
    await hold(payee.home, await operator.allot(wish), await operator.promise(wish, amount));
  }
}

async function claim({ home }: Payee, ...options: string[]): Promise<{ lanes: Line[]; done: Line }> {
  const lanes: Line[] = [];
  const args = ["claim", ...rpc(), "--all", "--gas-key-file", gasKeyFile, "--home", home, ...options];
  const command = world.runner.start(args, (line) => {
    if (line.event === "lane") lanes.push(line);
  });
  const code = await command.exited();
  expect(code, JSON.stringify(command.lastLine)).toBe(0);
  return { lanes: lanes.toSorted((a, b) => Number(a.lane) - Number(b.lane)), done: command.lastLine };
}

const balance = ({ account }: Payee): Promise<Amount> => world.devnet.balanceOf(account);

test("the authority over-allots, and the payer's balance is gone: the bond pays the payee, up to the budget", async () => {
  const { runner, network } = world;
  const [emptied, bob] = [payer("emptied"), payee("bob", `0x${"b0".repeat(20)}`)];
  await holdVouchers(emptied, bob, { 1: 750_000n, 2: 750_000n });
  const all = { payer: emptied, payee: ACCOMPLICE, lane: 99, cap: 5_000_000n };
  await operator.call(settleCall(buildBatch(HEAD, [await operator.promise(all, 5_000_000n)])));
  expect(await balance(emptied)).toBe(0n);

  const dry = await claim(bob, "--dry-run");
  expect(dry.lanes).toMatchObject([{ why: "dry-run" }, { why: "dry-run" }]);
  expect(dry.done).toMatchObject({ claimed: "0", txHashes: [] });

  const first = await claim(bob);
  expect(first.lanes).toMatchObject([
    { lane: 1, paidBefore: "0", paidNow: "750000", fromBond: "750000", why: null },
    { lane: 2, paidBefore: "0", paidNow: "250000", fromBond: "250000", why: "uncovered" },
  ]);
  expect(await balance(bob)).toBe(1_000_000n);

  const nothing = await claim(bob);
  expect(nothing.lanes).toMatchObject([{ why: "paid" }, { lane: 2, due: "500000", paidNow: "0", why: "uncovered" }]);
  expect(nothing.done).toMatchObject({ claimed: "0", txHashes: [] });

  const at = [...rpc(), "--contract", network.contract];
  const status = await runner.run(["bond", "status", ...at]);
  const [{ allotter }] = status.allotters as [{ allotter: string }];
  expect(status).toMatchObject({ amount: "99000000", allotters: [{ budget: "1000000", spent: "1000000" }] });
  await runner.run(["bond", "budget", "2", "--allotter", allotter, ...at]);
  // A raise is announced: it counts after the bond's delay, longer than any voucher of today is
  // good for.
  const raised = await runner.run(["bond", "status", ...at]);
  expect(raised).toMatchObject({ allotters: [{ budget: "1000000", nextBudget: "2000000" }] });
  expect((await claim(bob)).lanes).toMatchObject([{ why: "paid" }, { paidNow: "0", why: "uncovered" }]);
});

test("the authority settles old vouchers, and gives lanes away twice: the difference is claimed with evidence", async () => {
  const [cheap, other, carol] = [payer("cheap"), payer("burnt"), payee("carol", `0x${"ca".repeat(20)}`)];
  await holdVouchers(cheap, carol, { 1: 1_000_000n, 2: 500_000n, 3: 400_000n, 4: 250_000n, 5: 300_000n, 6: 150_000n });
  const promise = (payee: Address, lane: number, amount: Amount, of = cheap) =>
    operator.promise({ payer: of, payee, lane, cap: amount }, amount);
  const poisoned = { ...(await promise(carol.account, 6, 150_000n)), signature: new Uint8Array(64) };
  const vouchers = [
    await promise(carol.account, 1, 400_000n),
    await promise(ACCOMPLICE, 2, 200_000n),
    await promise(carol.account, 5, 300_000n),
    poisoned,
    await promise(ACCOMPLICE, 1, 100_000n, other),
  ];
  const statement = await operator.state(cheap, [{ payee: carol.account, lane: 4, amount: 100_000n }]);
  await operator.call(settleCall(buildBatch(HEAD, vouchers)), settleCall(buildStatementBatch(HEAD, [statement])));
  const twice = { payer: cheap, payee: ACCOMPLICE, lane: 3, cap: 600_000n };
  await operator.call(claimCall(await operator.allot(twice), await operator.promise(twice, 600_000n)));
  // Of what the batches paid carol, 0.80 in all, the fee is 1 %.
  expect(await balance(carol)).toBe(792_000n);

  const { lanes, done } = await claim(carol);
  expect(lanes).toMatchObject([
    { lane: 1, paidBefore: "400000", paidNow: "600000", fromBond: "0", why: null },
    { lane: 2, paidBefore: "0", paidNow: "500000", fromBond: "0", why: null },
    { lane: 3, paidBefore: "0", paidNow: "400000", fromBond: "0", why: null },
    { lane: 4, paidBefore: "100000", paidNow: "150000", fromBond: "0", why: null },
    { lane: 5, paidBefore: "300000", paidNow: "0", fromBond: "0", why: "paid" },
    { lane: 6, paidBefore: "0", paidNow: "150000", fromBond: "0", why: null },
  ]);
  expect(done).toMatchObject({ lanes: 6, claimed: "1800000", fromBond: "0" });
  expect(await balance(carol)).toBe(2_592_000n);
  // 2.60 to carol, 0.80 to the accomplice.
  expect(await balance(cheap)).toBe(1_600_000n);

  expect((await claim(carol)).done).toMatchObject({ claimed: "0", txHashes: [] });
  expect(await balance(carol)).toBe(2_592_000n);
});

test("a stranger who claims an old voucher to burn a lane gains nothing, and costs nobody anything", async () => {
  const [burnt, calm] = [payer("burnt"), payer("calm")];
  const [dave, erin] = [payee("dave", `0x${"da".repeat(20)}`), payee("erin", `0x${"e1".repeat(20)}`)];
  const before = await balance(burnt);
  await holdVouchers(burnt, dave, { 7: 1_000_000n });
  await holdVouchers(calm, erin, { 7: 1_000_000n });
  const wish = { payer: burnt, payee: dave.account, lane: 7, cap: 1_000_000n };
  const allotment = await operator.allot(wish);
  await operator.call(claimCall(allotment, await operator.promise(wish, 100_000n)));
  // The authority comes too late: its row is STALE.
  await operator.call(settleCall(buildBatch(HEAD, [await operator.promise(wish, 1_000_000n)])));

  expect((await claim(dave)).lanes).toMatchObject([
    { paidBefore: "100000", paidNow: "900000", fromBond: "0", why: null },
  ]);
  expect((await claim(erin)).lanes).toMatchObject([{ paidBefore: "0", paidNow: "1000000", fromBond: "0", why: null }]);
  expect(await balance(dave)).toBe(1_000_000n);
  expect(await balance(erin)).toBe(1_000_000n);
  expect(before - (await balance(burnt))).toBe(1_000_000n);
  expect(await balance(calm)).toBe(4_000_000n);
});
