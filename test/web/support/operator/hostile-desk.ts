import type { Browser } from "playwright-core";
import { insertAction } from "../../../../authority/store/operator/operator-actions.ts";
import { ensurePages } from "../../../../cli/pages/build-pages.ts";
import { printable } from "../../../../protocol/base/text.ts";
import { accountOf } from "../../../authority/support/context.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import { InjectedWallet, WalletRefusal } from "../injected-wallet.ts";
import { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";

/**
 * Every hostile text in every place of the desk that a stranger fills: what a wallet says at the
 * login, what a node says of a transaction, and reasons in the log.
 */
export async function attackDesk(browser: Browser, tally: Tally): Promise<void> {
  await using stage = await Stage.open(undefined, await ensurePages());
  const site = await stage.listen();
  const wallet = new InjectedWallet(HOSTILE_TEXTS[3]);
  await using watched = await openPage(browser, site, {}, (context) => wallet.install(context));
  const { page, offences } = watched;
  const judge = (place: string, text: string, isShown: boolean): void => {
    tally.hostileCases++;
    tally.check(isShown && offences.length === 0, `${place}: ${JSON.stringify(text)} ${offences.splice(0).join("; ")}`);
  };
  await page.goto(`${site}/operator`);
  for (const text of HOSTILE_TEXTS) {
    wallet.behaviours.set("eth_requestAccounts", () => {
      throw new WalletRefusal(-1, text);
    });
    await page.click(".wallets button");
    await page.waitForSelector("#owner .wallets button:not([disabled])");
    const said = (await page.textContent("#owner .bad")) ?? "";
    judge("words of the owner's wallet", text, said.includes(printable(text, 200)));
  }
  await fillTables(stage);
  await page.fill("#secret", stage.authority.context.secrets.operator);
  await page.press("#secret", "Enter");
  await page.waitForSelector(".stats");
  const cells = async (part: string): Promise<string> =>
    (await page.locator(`[data-live=${part}] td`).allTextContents()).join("\n");
  const [queue, log] = [await cells("transactions"), await cells("log")];
  // The tables show so many at most.
  for (const text of HOSTILE_TEXTS.slice(0, 25)) {
    judge("word of a node", text, queue.includes(printable(text, 4_096)));
    judge("reason in the log", text, log.includes(printable(text, 4_096)));
  }
  await page.click("text=All actions");
  const all = await cells("list");
  for (const text of HOSTILE_TEXTS) judge("reason in the whole log", text, all.includes(printable(text, 4_096)));
}

async function fillTables({ authority }: Stage): Promise<void> {
  const empty = { nonce: null, hash: null, block: null, gasUsed: null, refusedSince: null };
  await authority.context.store.transaction(async (trx) => {
    for (const [i, reason] of HOSTILE_TEXTS.slice(0, 25).entries()) {
      const own = {
        actionId: `fund:${i}`,
        kind: "fund",
        recipient: accountOf(1),
        data: "0x",
        state: "intent",
      } as const;
      await trx
        .insertInto("transactions")
        .values({ ...own, ...empty, reason })
        .execute();
    }
    // The newest are on the desk, the others behind them.
    for (const reason of [...HOSTILE_TEXTS.slice(25), ...HOSTILE_TEXTS.slice(0, 25)])
      await insertAction(trx, { at: 1, action: "pause", subject: null, reason, login: "0123abcd" });
  });
}
