import { join } from "node:path";
import { createPublicClient, encodeFunctionData, http, parseEventLogs } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { devnetAccount } from "../../cli/devnet/devnet-keys.ts";
import { AuthorityClient } from "../../client/authority-client.ts";
import { openRpc } from "../../client/chain/rpc.ts";
import { gasPayerOf, send } from "../../client/chain/sender.ts";
import { pollUntil } from "../../client/poll.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import { owed } from "../../protocol/base/units.ts";
import { floodgateAbi, testDollarAbi } from "../../protocol/contract/abi.ts";
import type { Info } from "../../protocol/http/public.ts";
import { hashAllotment } from "../../protocol/signed/allotment.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { batchIn } from "../support/settle-calldata.ts";
import { sum, vouchersOf } from "../support/vouchers.ts";
import { startWorld, type World } from "../support/world.ts";

/** Both keys of the authority change in the middle of a download (docs/deploy.md). */

const FILE_BYTES = 5 * 1024 * 1024;
/**
 * A copy costs 2.40 of the 5.00 that each leecher has, so it takes several lanes. Each piece costs
 * 30,000 base units, so nothing is rounded.
 */
const PRICE = 491_520_000n;
/** KiB a second. A copy would take minutes; the limit is lifted when the keys have changed. */
const SLOW = "32";

let world: World;
let seeder: Customer;
let path: string;
let infoHash: string;
beforeAll(async () => {
  world = await startWorld();
  seeder = await world.customer("seeder");
  path = world.randomFile("film.bin", FILE_BYTES);
  const published = await world.runner.run(["publish", path, "--price", "491.52", "--home", seeder.home]);
  infoHash = String(published.infoHash);
});
afterAll(() => world[Symbol.asyncDispose]());

const { signal } = new AbortController();
const infoOf = (): Promise<Info> => new AuthorityClient({ url: world.network.apiUrl }).info(signal);
const untilInfo = (isDone: (info: Info) => boolean): Promise<Info> =>
  pollUntil({ read: infoOf, isDone, signal, pending: "the authority has not followed" });

const peer = (...args: string[]): Promise<Line> => world.runner.run(["peer", ...args, "--home", seeder.home]);
const hasSome = ({ event, bytesDone }: Line): boolean => event === "progress" && Number(bytesDone) > 0;
const get = ({ home }: Customer): string[] => {
  // Peers sell to each other. Those that run until the end close their lanes when they are asked.
  return ["get", infoHash, "--out", join(home, "downloads"), "--seed", "--home", home];
};

/** What owner and operator type, in the order of docs/deploy.md for a key that was stolen. */
async function changeKeys(old: Info): Promise<{ readonly operator: Address; readonly allotter: Address }> {
  const { runner, network } = world;
  const home = ["--home", network.operatorHome];
  const rpc = ["--rpc", network.rpcUrl];
  const onContract = [...rpc, "--contract", network.contract];
  const allotter = parseAddress(String((await runner.run(["authority", "add-allotter", ...home])).address));
  const operator = parseAddress(String((await runner.run(["authority", "add-operator", ...home])).address));
  await runner.run(["faucet", ...rpc, "--to", operator]);
  await giveTokens(operator);
  await runner.run(["bond", "budget", "50", "--allotter", allotter, ...onContract]);
  await runner.run(["authority", "set-operator", operator, ...onContract]);
  await runner.run(["authority", "retire-allotter", String(old.allotters[0]), ...onContract]);
  return { operator, allotter };
}

async function giveTokens(to: Address): Promise<void> {
  const data = encodeFunctionData({ abi: testDollarAbi, functionName: "mint", args: [to, 1_000_000_000n] });
  const payer = gasPayerOf(devnetAccount(0));
  await send(await openRpc(world.network.rpcUrl), payer, { to: world.network.token, data }, signal);
}

/** Each batch: its sender, and what it has paid. */
async function batches() {
  const client = createPublicClient({ transport: http(world.network.rpcUrl) });
  const logs = await client.getLogs({ address: world.network.contract, fromBlock: 0n });
  const settled = parseEventLogs({ abi: floodgateAbi, logs, eventName: "Settled" });
  return Promise.all(
    settled.map(async ({ transactionHash: hash }) => {
      const { from, input } = await client.getTransaction({ hash });
      const rows = batchIn(input).groups.flatMap(({ payer, rows }) => rows.map(({ lane }) => `${payer}/${lane}`));
      return { from: parseAddress(from), rows };
    }),
  );
}

test("both keys change under a download: it ends, all of it settles once, and no peer restarts", async () => {
  const { runner, network, devnet } = world;
  const [leecher, late] = await Promise.all([world.customer("leecher"), world.customer("late")]);
  const seeding = runner.start(["peer", "start", "--home", seeder.home]);
  await seeding.event("ready");
  await peer("limit", "--up", SLOW);
  await peer("add", infoHash, "--file", path);
  let bytesDone = 0;
  const downloading = runner.start(get(leecher), (line) => {
    if (line.event === "progress") bytesDone = Number(line.bytesDone);
  });
  const stopped = runner.start(get(late));
  const done = downloading.event("done");
  await Promise.all([downloading.line(hasSome), stopped.line(hasSome)]);
  await stopped.kill();

  const old = await infoOf();
  const { operator, allotter } = await changeKeys(old);
  const isFollowed = (info: Info): boolean => info.operator === operator && info.allotters[0] === allotter;
  const followed = await untilInfo(isFollowed);
  // Lanes of the retired key live on for an allotment period.
  expect(followed.allotters).toEqual([allotter, ...old.allotters]);
  await network.authority.kill();
  await network.restartAuthority();
  expect(await infoOf()).toMatchObject({ operator, allotters: followed.allotters });
  expect(bytesDone).toBeLessThan(FILE_BYTES);

  // The second leecher comes back with a lane of the retired key and a debt on it.
  const again = runner.start(get(late));
  const alsoDone = again.event("done");
  await peer("limit", "--up", "none");
  for (const line of await Promise.all([done, alsoDone]))
    expect(await sha256Of(String(line.path))).toBe(await sha256Of(path));
  await runner.run(["deposit", "1", "--card", "4242424242424242", "--home", late.home]);

  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--close", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
  await Promise.all([seeding, downloading, again].map((command) => command.stop()));
  const cost = owed(FILE_BYTES, PRICE);
  const vouchers = [seeder, leecher, late].flatMap(({ home }) => vouchersOf(home));
  expect(sum(vouchers.map(({ amount }) => amount))).toBe(2n * cost);
  for (const { account, depositBefore } of [seeder, leecher, late]) {
    const earned = vouchers.filter(({ allotment }) => allotment.payee === account).map(({ amount }) => amount);
    const spent = account === seeder.account ? 0n : cost;
    const more = account === late.account ? 1_000_000n : 0n;
    const fees = sum(earned.map((amount) => amount / 100n));
    expect(await devnet.balanceOf(account)).toBe(depositBefore + more + sum(earned) - fees - spent);
  }

  const sent = await batches();
  const rows = sent.flatMap(({ rows }) => rows);
  expect(new Set(rows).size).toBe(rows.length);
  expect(sent.at(-1)?.from).toBe(operator);
  const separator = hashDomain({ chainId: old.chainId, contract: network.contract });
  for (const { account } of [leecher, late]) {
    const lanes = vouchers.filter(({ allotment }) => allotment.payer === account);
    // Lanes of either key were paid.
    const signers = lanes.map(({ allotment }) =>
      recoverSigner(hashAllotment(separator, allotment), allotment.signature),
    );
    expect(new Set(signers)).toEqual(new Set([...old.allotters, allotter]));
  }

  const held = join(world.directory, "held.jsonl");
  await runner.run(["vouchers", "export", "--out", held, "--home", seeder.home]);
  const onContract = ["--rpc", network.rpcUrl, "--contract", network.contract];
  const report = await runner.run(["audit", ...onContract, "--bundles", network.apiUrl, "--vouchers", held]);
  expect(report).toMatchObject({ ok: true, findings: [] });
});
