import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createPublicClient, http, parseEventLogs } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readKeyFile } from "../../cli/keys.ts";
import { type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { addressOfKey, publicKeyOf, recoverSigner } from "../../protocol/base/secp256k1.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { Batch } from "../../protocol/contract/batch.ts";
import type { Bundles } from "../../protocol/http/bundles.ts";
import { hashReceipt } from "../../protocol/signed/receipt.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { downloadWithAria2, hasProgram } from "../support/plain-client.ts";
import { type ReadBundle, readBundle } from "../support/read-bundle.ts";
import { batchIn } from "../support/settle-calldata.ts";
import { startWorld, type World } from "../support/world.ts";

const FILE_BYTES = 8 * 1024 * 1024;

let world: World;
let seeder: Customer;
let bundles: ReadBundle[];
beforeAll(async () => {
  world = await startWorld();
  seeder = await world.customer("seeder");
  const path = world.randomFile("film.bin", FILE_BYTES);
  const { infoHash } = await world.runner.run(["publish", path, "--price", "10.00", "--home", seeder.home]);
  for (const name of ["leecher1", "leecher2"]) await buy(String(infoHash), path, await world.customer(name));
  bundles = await listBundles();
});
afterAll(() => world[Symbol.asyncDispose]());

/** One leecher buys the file, everybody stops, the authority settles. */
async function buy(infoHash: string, path: string, leecher: Customer): Promise<void> {
  const { runner, network } = world;
  const seed = runner.start(["seed", infoHash, "--file", path, "--home", seeder.home]);
  await seed.event("ready");
  await runner.run(["get", infoHash, "--out", join(leecher.home, "downloads"), "--home", leecher.home]);
  await seed.stop();
  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
}

const get = async (path: string): Promise<Uint8Array> => (await fetch(new URL(path, world.network.apiUrl))).bytes();

/** What the authority serves, oldest first. */
async function listBundles(): Promise<ReadBundle[]> {
  const reply = JSON.parse(Buffer.from(await get("/v1/bundles")).toString()) as Bundles;
  const served = reply.bundles.toReversed().map(async ({ name }) => readBundle(await get(`/v1/bundles/${name}`)));
  return Promise.all(served);
}

/** What the chain says about each batch, in its order. */
async function settlements(): Promise<{ readonly bundleHash: Hex; readonly batch: Batch }[]> {
  const client = createPublicClient({ transport: http(world.network.rpcUrl) });
  const logs = await client.getLogs({ address: world.network.contract, fromBlock: 0n });
  const settled = parseEventLogs({ abi: floodgateAbi, logs, eventName: "Settled" });
  return Promise.all(
    settled.map(async ({ args, transactionHash }) => {
      const { input } = await client.getTransaction({ hash: transactionHash });
      return { bundleHash: args.bundleHash, batch: batchIn(input) };
    }),
  );
}

const rowsOf = ({ groups }: Batch) =>
  groups.flatMap(({ payer, rows }) => rows.map(({ lane, amount }) => ({ payer, lane, amount: amount.toString() })));

describe("the audit bundles of the authority", () => {
  test("are named by the chain, each is what its name says, and each names the one before", async () => {
    const onChain = await settlements();
    expect(onChain.length).toBeGreaterThanOrEqual(2);
    expect(onChain.map(({ bundleHash }) => bundleHash)).toEqual(bundles.map(({ name }) => name));
    const before = [`0x${"0".repeat(64)}`, ...bundles.map(({ name }) => name).slice(0, -1)];
    expect(bundles.map(({ header }) => header.previous)).toEqual(before);
  });

  test("hold the voucher behind each row, and the allotment behind each voucher", async () => {
    const known = new Set<string>();
    for (const [index, { batch }] of (await settlements()).entries()) {
      const { allotments = [], vouchers = [] } = bundles[index] ?? {};
      for (const { payer, lane } of allotments) known.add(`${payer} ${lane}`);
      expect(vouchers.map(({ payer, lane, amount }) => ({ payer, lane, amount }))).toEqual(rowsOf(batch));
      for (const { payer, lane } of vouchers) expect(known).toContain(`${payer} ${lane}`);
    }
  });

  test("hold every allotment that the authority has issued, once, in order", () => {
    const store = new Database(join(world.network.operatorHome, "authority.sqlite"), { readonly: true });
    const issued = store
      .prepare("select payer, lane, signature, issuedAtBlock, issuedAt from lanes order by sequence")
      .all() as Record<string, unknown>[];
    store.close();
    const told = bundles.flatMap(({ allotments }) =>
      allotments.map(({ payer, lane, signature, issuedAtBlock, issuedAt }) => ({
        payer,
        lane,
        signature,
        issuedAtBlock,
        issuedAt,
      })),
    );
    expect(issued.length).toBeGreaterThanOrEqual(2);
    expect(told).toEqual(issued);
  });
});

test("what the payee exports is what the authority has settled, with a receipt of the authority's key for each voucher", async () => {
  const out = join(world.directory, "vouchers.jsonl");
  const run = await world.runner.run(["vouchers", "export", "--out", out, "--home", seeder.home]);
  const held = readFileSync(out, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(run).toMatchObject({ vouchers: held.length, withReceipt: held.length });

  const settled = (await settlements()).flatMap(({ batch }) => rowsOf(batch));
  const inOrder = (rows: object[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
  expect(inOrder(held.map(({ payer, lane, amount }) => ({ payer, lane, amount })))).toEqual(inOrder(settled));

  const separator = hashDomain({ chainId: 31_337, contract: world.network.contract });
  const allotter = addressOfKey(
    publicKeyOf(hexToBytes(await readKeyFile(join(world.network.operatorHome, "allotter.key")))),
  );
  for (const { payer, payee, lane, amount, receipt } of held) {
    expect(receipt.amount).toBe(amount);
    const digest = hashReceipt(separator, {
      payer,
      payee,
      lane,
      amount: BigInt(amount),
      receivedAt: receipt.receivedAt,
    });
    expect(recoverSigner(digest, hexToBytes(receipt.signature))).toBe(allotter);
  }
});

describe.skipIf(!hasProgram("aria2c"))("aria2, which knows nothing of Floodgate", () => {
  test("gets a bundle by its .torrent, and sha256sum says its name", async () => {
    const { name } = bundles.at(-1) as ReadBundle;
    const torrent = await get(`/v1/bundles/${name}/metainfo`);
    const download = await downloadWithAria2(join(world.directory, "aria2-bundle"), torrent);
    expect(download.exitCode).toBe(0);
    expect(download.path.endsWith(`${name}.jsonl`)).toBe(true);
    expect(`0x${await sha256Of(download.path)}`).toBe(name);
  });
});
