import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Hex } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAmount } from "../../protocol/base/units.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { hasProgram } from "../support/plain-client.ts";
import { startWorld, type World } from "../support/world.ts";
import { openBrowser } from "./support/browser.ts";
import { fundWallet } from "./support/fund-wallet.ts";
import { InjectedWallet } from "./support/injected-wallet.ts";
import { openPage, type WatchedPage } from "./support/watched-page.ts";

/** The page asks again every few seconds, and blocks come every second. */
const PATIENCE_MS = 120_000;
const MiB = 1024 * 1024;

// Worlds of real processes, for `npm run test:deep`; the pages alone are in every `npm test`.
const isDeep = process.env.FLOODGATE_DEEP === "1" && hasProgram("chromium");
describe.runIf(isDeep)("from finding a content to the money in the seller's wallet", () => {
  let world: World;
  let browser: Browser;
  let seller: Customer;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
    seller = await world.customer("seller");
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  const rpc = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    return (
      (await (await fetch(world.network.rpcUrl, { method: "POST", headers, body })).json()) as { result: unknown }
    ).result;
  };
  const open = async (
    path: string,
    key: Hex,
  ): Promise<{ watched: WatchedPage; wallet: InjectedWallet; page: Page }> => {
    const wallet = new InjectedWallet("Test Wallet", [key]);
    wallet.rpc = rpc;
    const watched = await openPage(browser, world.network.apiUrl, {}, (context) => wallet.install(context));
    const { page } = watched;
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(world.network.apiUrl + path);
    return { watched, wallet, page };
  };
  const connect = async (page: Page): Promise<void> => {
    await page.click("nav >> text=Account");
    await page.click("text=Test Wallet");
    await page.waitForSelector(".stats");
  };

  test("a visitor finds it, pays in from a wallet, downloads it, and its seller takes the money out", async () => {
    const file = world.randomFile("talk.bin", 8 * MiB);
    const published = await world.runner.run([
      ...["publish", file, "--price", "100.00", "--title", "A Talk", "--tags", "lecture"],
      ...["--home", seller.home],
    ]);
    const seed = world.runner.start(["seed", String(published.infoHash), "--file", file, "--home", seller.home]);
    await seed.event("ready");

    // Find.
    const key = generatePrivateKey();
    const { watched, wallet, page } = await open("/", key);
    await using _ = watched;
    await page.fill("#q", "lecture");
    await page.press("#q", "Enter");
    await page.click("text=A Talk");
    expect(await page.textContent(".signed")).toContain("signed");
    const command = (await page.textContent(".get code")) ?? "";
    expect(command).toBe(`floodgate get ${published.infoHash} --out .`);

    // Connect, and pay in.
    await fundWallet(rpc, wallet, world.network.token, 20_000_000n);
    await connect(page);
    await page.click("text=From the wallet");
    await page.fill("#pay-in-amount", "5");
    await page.click("text=Sign and pay in");
    await page.waitForSelector(".entry.deposit .rail [aria-current]:text-is('final')");

    // Register this machine with the same wallet, and download by the page's command.
    const home = join(world.directory, "visitor");
    mkdirSync(home, { mode: 0o700 });
    const keyFile = join(world.directory, "visitor.key");
    writeFileSync(keyFile, key, { mode: 0o600 });
    await world.runner.run(["wallet", "import", keyFile, "--home", home]);
    await world.runner.run(["register", "--authority", world.network.apiUrl, "--home", home]);
    const out = join(world.directory, "downloads");
    const words = command.split(" ").slice(1, -1);
    await world.runner.run([...words, out, "--yes", "--home", home]);
    expect(readFileSync(join(out, "talk.bin")).equals(readFileSync(file))).toBe(true);

    // What it cost, on as many lanes as it took: 8 MiB at 100.00 per GiB.
    await page.click("text=By content");
    const bought = page.locator(".group", { hasText: "A Talk" });
    await bought.locator(".sum > .money", { hasText: "\u22120.781250" }).waitFor();
    expect(watched.offences).toEqual([]);
    await seed.stop();

    // The seller sees it come, why, and takes it out.
    const exported = join(world.directory, "seller.key");
    await world.runner.run(["wallet", "export", "--private-key", "--out", exported, "--home", seller.home]);
    const own = await open("/", readFileSync(exported, "utf8").trim() as Hex);
    await using __ = own.watched;
    await connect(own.page);
    const figure = async (name: string): Promise<bigint> =>
      parseAmount((await own.page.locator(".stat", { hasText: name }).locator(".money").textContent()) ?? "", 6);
    const waiting = own.page.locator(".stat", { hasText: "On its way to you" });
    await waiting.locator(".money", { hasText: "0.000000" }).waitFor();
    const [balance, earned] = [await figure("Balance"), await figure("Earned")];
    expect(balance).toBe(5_000_000n + earned);
    // Less one per cent, of each lane for itself.
    expect(Number(earned)).toBeGreaterThanOrEqual(773_437);
    expect(Number(earned)).toBeLessThan(773_450);
    const sold = own.page.locator(".entry.lane", { hasText: "Sold: A Talk" }).first();
    await sold.locator(".rail [aria-current]:text-is('final')").waitFor();
    await sold.locator("text=Why this amount?").click();
    await sold.locator(".trail", { hasText: "Transaction" }).waitFor();
    await own.page.click("button:text-is('All')");
    await own.page.click("text=Sign and withdraw");
    await own.page.waitForSelector(".entry.withdrawal .rail [aria-current]:text-is('withdrawn')");
    expect(await world.devnet.tokensOf(seller.account)).toBe(balance);
    expect(own.watched.offences).toEqual([]);
  });
});
