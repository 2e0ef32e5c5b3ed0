import type { Browser, Page } from "playwright-core";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { CONTENTS } from "../contents.ts";
import { InjectedWallet } from "../injected-wallet.ts";
import { lookAt, type View } from "../look.ts";
import { scriptKB } from "../script-size.ts";
import { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";
import { fillAccount } from "./busy-account.ts";

const TOKEN = { symbol: "TUSD", decimals: 6 };

/** The account's page at each of its states. Returns the size of its script, compressed, in kB. */
export async function lookAtAccount(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  await using stage = await Stage.open(TOKEN, await ensurePages());
  const site = await stage.listen();
  const [wallet, newcomer] = [new InjectedWallet("Test Wallet"), new InjectedWallet("Other Wallet")];
  await fillAccount(
    stage,
    wallet.account.address.toLowerCase() as Address,
    CONTENTS.map(({ title }) => title),
  );
  const logIn = async (page: Page): Promise<void> => {
    await page.click(".wallets button");
    await page.waitForSelector(".stats");
  };
  const at = (name: string, prepare?: (page: Page) => Promise<void>): View => ({
    ...{ name: `account-${name}`, path: "/account" },
    ...(prepare && { prepare }),
  });
  const look = (views: readonly View[], of?: InjectedWallet): Promise<void> =>
    lookAt(browser, site, views, { tally, shots, ...(of && { equip: (context) => of.install(context) }) });
  const open = async (page: Page, words: string): Promise<void> => {
    await logIn(page);
    await page.click(words);
  };
  const papers = async (page: Page): Promise<void> => {
    await open(page, ".papers summary >> nth=2");
    await page.waitForSelector(".trail");
  };
  const byContent = async (page: Page): Promise<void> => {
    await open(page, "text=By content");
    await page.click(".group > summary >> nth=1");
  };
  const refused = async (page: Page): Promise<void> => {
    await logIn(page);
    await page.fill("#withdraw-amount", "0");
    await page.click("text=Sign and withdraw");
    await page.waitForSelector(".message.bad");
  };
  const connect = async (page: Page): Promise<void> => {
    await page.waitForSelector(".wallets button");
  };
  await look([at("connect", connect), at("papers", papers)], wallet);
  // Whoever wants pictures wants all of them; these two hold each part of the page.
  if (shots !== null) {
    await look([at("timeline", logIn), at("by-content", byContent), at("refused", refused)], wallet);
    await look([at("empty", logIn)], newcomer);
    await look([at("without-wallet")]);
  }
  return await scriptKB(browser, site, "/account");
}
