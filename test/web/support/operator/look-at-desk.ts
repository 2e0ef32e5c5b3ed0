import type { Browser, Page } from "playwright-core";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { fillDesk } from "../busy-desk.ts";
import { InjectedWallet } from "../injected-wallet.ts";
import { lookAt, type View } from "../look.ts";
import { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";

/** The operator's desk and its login, by the secret and by the owner's wallet. */
export async function lookAtDesk(browser: Browser, tally: Tally, shots: string | null): Promise<void> {
  await using stage = await Stage.open(undefined, await ensurePages());
  const site = await stage.listen();
  const logIn = async (page: Page): Promise<void> => {
    await page.fill("#secret", stage.authority.context.secrets.operator);
    await page.press("#secret", "Enter");
    await page.waitForSelector(".stats");
  };
  const wallet = new InjectedWallet("Owner's Wallet");
  const login: View = {
    ...{ name: "operator-login", path: "/operator" },
    prepare: async (page) => void (await page.waitForSelector(".wallets button")),
  };
  const empty: View = { name: "operator-empty", path: "/operator", prepare: logIn };
  await lookAt(browser, site, [login, empty], { tally, shots, equip: (context) => wallet.install(context) });
  await fillDesk(stage);
  const busy = async (page: Page): Promise<void> => {
    await logIn(page);
    // What was read for the empty one may still be shown for a moment.
    await page.waitForSelector("[data-live=batches] td");
    await page.waitForSelector("#gas figure canvas");
  };
  // The view before has logged in.
  const accounts = async (page: Page): Promise<void> => {
    await page.click("text=All accounts");
    await page.waitForSelector("[data-live=list] td");
  };
  const views: View[] = [
    { name: "operator", path: "/operator", prepare: busy },
    ...(shots === null ? [] : [{ name: "operator-accounts", path: "/operator", prepare: accounts }]),
  ];
  await lookAt(browser, site, views, { tally, shots });
  await logInByWallet(browser, stage, site, tally);
}

/** A stranger's wallet opens nothing; the owner's does, and the desk follows what happens. */
async function logInByWallet(browser: Browser, stage: Stage, site: string, tally: Tally): Promise<void> {
  const [owner, stranger] = [new InjectedWallet("Owner's Wallet"), new InjectedWallet("Other Wallet")];
  stage.authority.chain.owners.add(owner.account.address.toLowerCase() as Address);
  for (const wallet of [stranger, owner]) {
    await using watched = await openPage(browser, site, {}, (context) => wallet.install(context));
    const { page, offences } = watched;
    await page.goto(`${site}/operator`);
    await page.click(".wallets button");
    if (wallet === stranger) {
      await page.waitForSelector("#owner .bad");
      const said = (await page.textContent("#owner .bad")) ?? "";
      tally.check(said.includes("neither owns the contract"), `a stranger's wallet at the desk: ${said}`);
      continue;
    }
    await page.waitForSelector(".stats");
    await page.fill("#unlist-reason", "half a sentence");
    stage.authority.chain.gasBalance = 2n * 10n ** 18n;
    await page.locator("[data-live=figures]", { hasText: "2.000000" }).waitFor();
    tally.check((await page.inputValue("#unlist-reason")) === "half a sentence", "what is typed at the desk stays");
    tally.check(offences.length === 0, `the desk by wallet: ${offences.join("; ")}`);
  }
}
