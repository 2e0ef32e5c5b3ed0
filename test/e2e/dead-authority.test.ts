import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Amount, formatAmount } from "../../protocol/base/units.ts";
import { operatorOf } from "../../scripts/cheats/operator.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { sum, vouchersOf } from "../support/vouchers.ts";
import { startWorld, type World } from "../support/world.ts";

const FILE_BYTES = 24 * 1024 * 1024;
/** KiB a second of each peer: the two copies take eight seconds at least. */
const UPLOAD_LIMIT = "2048";
/** What each customer pays in; the file costs 2.34. */
const DEPOSIT = 5_000_000n;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const rpc = () => ["--rpc", world.network.rpcUrl];

/**
 * Downloads until each of the three peers has sold something, then the authority dies with a `kill
 * -9`, then everybody stops.
 */
async function downloadUntilTheAuthorityDies(seeder: Customer, leechers: readonly Customer[]): Promise<void> {
  const { runner, network } = world;
  const path = world.randomFile("film.bin", FILE_BYTES);
  const home = ["--home", seeder.home];
  const { infoHash } = await runner.run(["publish", path, "--price", "100.00", ...home]);
  const seed = runner.start(["seed", String(infoHash), "--file", path, "--upload-limit", UPLOAD_LIMIT, ...home]);
  await seed.event("ready");
  const gets = leechers.map((leecher) => {
    const out = ["--out", join(leecher.home, "downloads"), "--seed", "--upload-limit", UPLOAD_LIMIT];
    return runner.start(["get", String(infoHash), ...out, "--home", leecher.home]);
  });
  await Promise.all([seed, ...gets].map((peer) => peer.line(hasSold)));
  await network.authority.kill();
  await Promise.all([seed, ...gets].map((peer) => peer.stop()));
  for (const get of gets) expect(get.lastLine).toMatchObject({ error: { code: "INTERRUPTED" } });
}

const hasSold = ({ event, earned }: Line): boolean => event === "progress" && BigInt(String(earned)) > 0n;

const claim = ({ home }: Customer): string[] => ["claim", ...rpc(), "--all", "--home", home];

/** The lines of all claims, which run at the same time. */
async function claimAlone(customers: readonly Customer[]): Promise<Line[]> {
  for (const poor of await Promise.all(customers.map((customer) => world.runner.tryRun(claim(customer)))))
    expect(poor).toMatchObject({ code: 6, line: { error: { code: "GAS_MISSING" } } });
  for (const { account } of customers) await world.runner.run(["faucet", ...rpc(), "--to", account]);
  const lines: Line[] = [];
  const claims = customers.map((customer) => world.runner.start(claim(customer), (line) => lines.push(line)));
  expect(await Promise.all(claims.map((one) => one.exited()))).toEqual(customers.map(() => 0));
  return lines;
}

/** Everything that the accounts have leaves for their wallets. */
async function withdrawAlone(customers: readonly Customer[]): Promise<void> {
  const balances = await Promise.all(customers.map(({ account }) => world.devnet.balanceOf(account)));
  const withdraw = async (state: string): Promise<void> => {
    const runs = customers.map(({ home, account }, i) => {
      const amount = formatAmount(balances[i] as Amount, world.network.decimals);
      return world.runner.run(["withdraw", amount, "--to", account, "--unilateral", ...rpc(), "--home", home]);
    });
    const expected = balances.map((balance) => ({ event: "done", state, amount: balance.toString() }));
    expect(await Promise.all(runs)).toMatchObject(expected);
  };
  await withdraw("waiting");
  await world.devnet.advance(240);
  await withdraw("paid");
}

const amountOf = (line: Line, field: string): Amount => BigInt(String(line[field]));

test("the authority is killed in the middle of a download: every payee and every payer ends with its money, to the unit", async () => {
  const { devnet, network } = world;
  const customers = await Promise.all(["seeder", "leecher1", "leecher2"].map((name) => world.customer(name)));
  const [seeder, ...leechers] = customers as [Customer, ...Customer[]];
  await downloadUntilTheAuthorityDies(seeder, leechers);

  const vouchers = customers.flatMap(({ home }) => vouchersOf(home));
  const lines = await claimAlone(customers);
  const lanes = lines.filter(({ event }) => event === "lane");
  const claimed = sum(lines.filter(({ event }) => event === "done").map((line) => amountOf(line, "claimed")));

  expect(lanes.length).toBe(vouchers.length);
  expect(claimed).toBeGreaterThan(0n);
  for (const lane of lanes) {
    expect(amountOf(lane, "paidBefore") + amountOf(lane, "paidNow")).toBe(amountOf(lane, "voucher"));
    expect(lane.fromBond).toBe("0");
  }

  await withdrawAlone(customers);
  // What the authority had settled before it died cost a fee of 1 %, claims cost none.
  const feeOf = (lane: Line): Amount => amountOf(lane, "paidBefore") / 100n;
  for (const { account } of customers) {
    const ofAccount = (role: "payer" | "payee"): Line[] => lanes.filter((lane) => lane[role] === account);
    const earned = sum(ofAccount("payee").map((lane) => amountOf(lane, "voucher") - feeOf(lane)));
    const paid = sum(ofAccount("payer").map((lane) => amountOf(lane, "voucher")));
    expect(await devnet.tokensOf(account)).toBe(DEPOSIT + earned - paid);
    expect(await devnet.balanceOf(account)).toBe(0n);
  }
  const left = await devnet.tokensOf(network.contract);
  const fees = await devnet.balanceOf((await operatorOf(network)).account);
  expect(fees).toBe(sum(lanes.map(feeOf)));
  expect(left).toBe(100_000_000n + fees);

  const again = await world.runner.run(claim(seeder));
  expect(again).toMatchObject({ claimed: "0", txHashes: [] });
});
