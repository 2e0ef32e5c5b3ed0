import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createPublicClient, http, parseEventLogs } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuthorityClient } from "../../client/authority-client.ts";
import { pollUntil } from "../../client/poll.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { Bundles } from "../../protocol/http/bundles.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { batchIn } from "../support/settle-calldata.ts";
import { sum, vouchersOf } from "../support/vouchers.ts";
import { startWorld, type World } from "../support/world.ts";

/** The authority's disk is lost, and all that came after the last backup with it. */

const FILE_BYTES = 4 * 1024 * 1024;
const FEE_BPS = 100n;

let world: World;
let seeder: Customer;
let path: string;
let infoHash: string;
let start: readonly string[];
let backup: string;
beforeAll(async () => {
  world = await startWorld();
  const { network, runner } = world;
  seeder = await world.customer("seeder");
  path = world.randomFile("film.bin", FILE_BYTES);
  infoHash = String((await runner.run(["publish", path, "--price", "10.00", "--home", seeder.home])).infoHash);
  const { trackerUrl } = await new AuthorityClient({ url: network.apiUrl }).info();
  const { port } = new URL(network.apiUrl);
  const own = ["--rpc", network.rpcUrl, "--port", port, "--tracker-url", trackerUrl, "--home", network.operatorHome];
  start = ["authority", "start", ...own];
  backup = join(world.directory, "backup");
});
afterAll(() => world[Symbol.asyncDispose]());

async function buy(leecher: Customer): Promise<void> {
  const out = join(leecher.home, "downloads");
  await world.runner.run(["get", infoHash, "--out", out, "--home", leecher.home]);
}

async function settle(): Promise<void> {
  const secret = join(world.network.operatorHome, "operator-secret");
  await world.runner.run(["settle", "--close", "--wait", "--authority", world.network.apiUrl, "--secret-file", secret]);
}

const seed = async () => {
  const command = world.runner.start(["seed", infoHash, "--file", path, "--home", seeder.home]);
  await command.event("ready");
  return command;
};

/** What batches have paid, by payer and lane. */
async function paidRows(): Promise<{ readonly lane: string; readonly amount: bigint }[]> {
  const client = createPublicClient({ transport: http(world.network.rpcUrl) });
  const logs = await client.getLogs({ address: world.network.contract, fromBlock: 0n });
  const settled = parseEventLogs({ abi: floodgateAbi, logs, eventName: "Settled" });
  const batches = await Promise.all(
    settled.map(async ({ transactionHash: hash }) => batchIn((await client.getTransaction({ hash })).input)),
  );
  return batches.flatMap(({ groups }) =>
    groups.flatMap(({ payer, rows }) => rows.map(({ lane, amount }) => ({ lane: `${payer}/${lane}`, amount }))),
  );
}

test("after a backup, more work, kill -9 and restore, each voucher that a payee holds is paid once", async () => {
  const { runner, network } = world;
  const leechers = await Promise.all(["before", "lost", "open"].map((name) => world.customer(name)));
  const [before, lost, open] = leechers as [Customer, Customer, Customer];
  const home = ["--home", network.operatorHome];

  const seeding = await seed();
  await buy(before);
  expect(await runner.run(["authority", "backup", "--out", backup, ...home])).toMatchObject({ isCopy: true });
  // Lanes that the backup does not know: one payer's are settled, the other's are not.
  await buy(lost);
  await settle();
  await buy(open);
  await network.authority.kill();

  for (const name of readdirSync(network.operatorHome).filter((one) => one.startsWith("authority.sqlite")))
    rmSync(join(network.operatorHome, name));
  await runner.run(["authority", "restore", "--from", backup, ...home]);
  const lostBundles = await settledBundles();
  const restored = runner.start(start);
  await restored.event("ready");
  expect(await runner.run(["authority", "verify", ...home])).toMatchObject({ isCopy: false });

  // Its payee has gone on running. It brings what was lost, whatever it has receipts for.
  const late = await world.customer("late");
  await buy(late);
  await settle();
  await seeding.stop();
  const vouchers = vouchersOf(seeder.home);
  const owed = sum(vouchers.map(({ amount }) => amount - (amount * FEE_BPS) / 10_000n));
  await pollUntil({
    read: async () => {
      await settle();
      return (await world.devnet.balanceOf(seeder.account)) - seeder.depositBefore;
    },
    isDone: (earned) => earned >= owed,
    signal: AbortSignal.timeout(120_000),
    pending: "not all vouchers were paid",
  });
  expect((await world.devnet.balanceOf(seeder.account)) - seeder.depositBefore).toBe(owed);
  const rows = await paidRows();
  expect(new Set(rows.map(({ lane }) => lane)).size).toBe(rows.length);
  const lanesOf = ({ account }: Customer) =>
    vouchers.filter(({ allotment }) => allotment.payer === account).map(({ allotment }) => allotment.lane);
  expect(lanesOf(open).length).toBeGreaterThan(0);
  // Numbers that may have been given out are skipped.
  expect(Math.min(...lanesOf(late))).toBeGreaterThan(65_536);

  // The line of bundles goes on after the last one that the chain names.
  const [newestLost] = lostBundles.slice(-1);
  const reply = (await (await fetch(new URL("/v1/bundles", network.apiUrl))).json()) as Bundles;
  expect(reply.bundles.filter(({ previous }) => previous === newestLost)).toHaveLength(1);
});

async function settledBundles(): Promise<string[]> {
  const client = createPublicClient({ transport: http(world.network.rpcUrl) });
  const logs = await client.getLogs({ address: world.network.contract, fromBlock: 0n });
  return parseEventLogs({ abi: floodgateAbi, logs, eventName: "Settled" }).map(({ args }) => args.bundleHash);
}
