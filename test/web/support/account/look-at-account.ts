import type { Browser, Page } from "playwright-core";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { CONTENTS } from "../contents.ts";
import { InjectedWallet } from "../injected-wallet.ts";
import { lookAt } from "../look.ts";
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
  const at = (name: string, prepare: (page: Page) => Promise<void>, of = wallet) => ({
    ...{ name: `account-${name}`, path: "/account", prepare },
    equip: (context: Parameters<InjectedWallet["install"]>[0]) => of.install(context),
  });
  await lookAt(browser, site, [{ name: "account-without-wallet", path: "/account" }], { tally, shots });
  await lookAt(browser, site, [at("connect", (page) => page.waitForSelector(".wallets button").then())], {
    tally,
    shots,
  });
  await lookAt(browser, site, [at("empty", logIn, newcomer)], { tally, shots });
  await lookAt(browser, site, [at("timeline", logIn)], { tally, shots });
  const open = async (page: Page, words: string): Promise<void> => {
    await logIn(page);
    await page.click(words);
  };
  const papers = async (page: Page): Promise<void> => {
    await open(page, ".papers summary >> nth=2");
    await page.waitForSelector(".trail");
  };
  await lookAt(browser, site, [at("papers", papers)], { tally, shots });
  const byContent = async (page: Page): Promise<void> => {
    await open(page, "text=By content");
    await page.click(".group > summary >> nth=1");
  };
  await lookAt(browser, site, [at("by-content", byContent)], { tally, shots });
  const refused = async (page: Page): Promise<void> => {
    await logIn(page);
    await page.fill("#withdraw-amount", "0");
    await page.click("text=Sign and withdraw");
    await page.waitForSelector(".message.bad");
  };
  await lookAt(browser, site, [at("refused", refused)], { tally, shots });
  return await scriptKB(browser, site, "/account");
}
