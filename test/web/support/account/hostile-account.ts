import type { Browser } from "playwright-core";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { printable } from "../../../../protocol/base/text.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import { InjectedWallet, WalletRefusal } from "../injected-wallet.ts";
import { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { fillAccount } from "./busy-account.ts";

/**
 * Every hostile text in every place of the account's page that a stranger fills: titles, the
 * token's symbol, the wallet's name, and what a wallet answers. Each is there as a text, and does
 * nothing.
 */
export async function attackAccount(browser: Browser, tally: Tally): Promise<void> {
  await using stage = await Stage.open({ symbol: HOSTILE_TEXTS[5] as string, decimals: 6 }, await ensurePages());
  const site = await stage.listen();
  const wallet = new InjectedWallet(HOSTILE_TEXTS[3]);
  await fillAccount(stage, wallet.account.address.toLowerCase() as Address, HOSTILE_TEXTS);
  await using watched = await openPage(browser, site, {}, (context) => wallet.install(context));
  const { page, offences } = watched;
  const judge = (place: string, text: string, isShown: boolean): void => {
    tally.hostileCases++;
    tally.check(isShown && offences.length === 0, `${place}: ${JSON.stringify(text)} ${offences.splice(0).join("; ")}`);
  };
  await page.goto(`${site}/account`);
  const name = await page.textContent(".wallets strong");
  judge("name of the wallet", wallet.name, name === printable(wallet.name, 40));

  for (const text of HOSTILE_TEXTS) {
    wallet.behaviours.set("eth_requestAccounts", () => {
      throw new WalletRefusal(-1, text);
    });
    await page.click(".wallets button");
    await page.waitForSelector(".message.bad");
    judge(
      "words of the wallet",
      text,
      (await page.textContent(".message.bad"))?.includes(printable(text, 200)) ?? false,
    );
  }
  for (const text of HOSTILE_TEXTS) {
    wallet.behaviours.set("eth_requestAccounts", () => [text]);
    await page.click(".wallets button");
    await page.waitForSelector(".message.bad");
    judge("account of the wallet", text, ((await page.textContent(".message.bad")) ?? "").includes("no account"));
  }
  wallet.behaviours.clear();
  await page.click(".wallets button");
  await page.waitForSelector(".stats");
  const shown = (await page.locator(".entry .name").allTextContents()).join("\n");
  const symbol = await page.textContent(".stat dt");
  judge("symbol of the token", HOSTILE_TEXTS[5] as string, symbol?.includes("<img") ?? false);
  const caption = await page.textContent(".chart figcaption");
  judge("symbol beside a chart", HOSTILE_TEXTS[5] as string, caption?.includes("<img") ?? false);
  const groups = async (): Promise<string> => (await page.locator(".group .name").allTextContents()).join("\n");
  await page.click("text=By content");
  const all = `${shown}\n${await groups()}`;
  for (const text of HOSTILE_TEXTS) judge("title of a lane", text, all.includes(printable(text, 120)));
}
