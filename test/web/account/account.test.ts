import type { Browser, Page } from "playwright-core";
import { generatePrivateKey } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensurePages } from "../../../cli/pages/build-pages.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import {
  type Customer,
  logInNew,
  type RealAuthority,
  startRealAuthority,
} from "../../authority/support/real-authority.ts";
import { RealMarket } from "../../authority/support/real-market.ts";
import { hasProgram } from "../../support/plain-client.ts";
import { auditWithBundles } from "../support/account/audit-with-bundles.ts";
import { tryPermit } from "../support/account/try-permit.ts";
import { openBrowser } from "../support/browser.ts";
import { InjectedWallet, WalletRefusal } from "../support/injected-wallet.ts";
import { quickenTimers } from "../support/quick-timers.ts";
import { openPage, type WatchedPage } from "../support/watched-page.ts";

const PATIENCE_MS = 120_000;

// Skipped where Debian's Chromium is missing; `.ci/run` installs it.
describe.skipIf(!hasProgram("chromium"))("the account's page, with a wallet on a real chain", () => {
  let authority: RealAuthority;
  let market: RealMarket;
  let browser: Browser;
  const sellerKey = generatePrivateKey();
  beforeAll(async () => {
    authority = await startRealAuthority({ scripts: await ensurePages() });
    [market, browser] = await Promise.all([RealMarket.open(authority, "Big Buck Bunny", sellerKey), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await authority?.[Symbol.asyncDispose]();
  });

  const open = async (wallet: InjectedWallet): Promise<WatchedPage> => {
    const watched = await openPage(browser, authority.url, {}, async (context) => {
      await Promise.all([quickenTimers(context), wallet.install(context)]);
    });
    watched.page.setDefaultTimeout(PATIENCE_MS);
    await watched.page.goto(`${authority.url}/account`);
    return watched;
  };
  const logIn = async (page: Page): Promise<void> => {
    await page.click("text=Test Wallet");
    await page.waitForSelector(".stats");
  };
  const messageOf = async (page: Page): Promise<string> => (await page.textContent(".message.bad")) ?? "";

  test("a seller sees money come, why it is where it is, and takes it out", async () => {
    const wallet = new InjectedWallet("Test Wallet", [sellerKey]);
    const seller = market.payees[0] as Customer;
    const payer = await market.fundedPayer();
    const lane = (await market.lanesOf(payer)).get(seller.wallet.address) as SignedAllotment;
    await market.push(payer, seller, lane, 100_000n, false);
    await using watched = await open(wallet);
    const { page, offences } = watched;
    await logIn(page);
    expect(await page.textContent(".entry .name")).toBe("Sold: Big Buck Bunny");
    expect(await page.textContent(".entry .change")).toBe("+0.100000");
    expect(await page.textContent(".rail [aria-current]")).toBe("accepted");
    expect(await page.textContent(".why")).toContain("Peers still use the lane");

    await market.push(payer, seller, lane, 250_000n);
    await market.settled();
    await page.waitForSelector(".rail [aria-current]:text-is('final')");
    expect(await page.textContent(".entry .change")).toBe("+0.247500");
    expect(await page.textContent(".why")).toContain("in your balance, after 0.002500 TUSD for the operator");

    await page.click("text=Why this amount?");
    const trail = (await page.textContent(".trail")) ?? "";
    for (const paper of ["Allotment", "Voucher", "Receipt", "Batch", "Row 1 of 1", "Transaction", "Paid"])
      expect(trail).toContain(paper);

    await page.click("button:text-is('All')");
    await page.click("text=Sign and withdraw");
    await page.waitForSelector(".entry.withdrawal .rail [aria-current]:text-is('withdrawn')");
    expect(wallet.shown).toMatchObject({
      primaryType: "InstantWithdrawal",
      message: { account: seller.wallet.address, to: seller.wallet.address, amount: "247500" },
    });
    const { free, balance } = await seller.client.account();
    expect([free, balance]).toEqual(["0", "0"]);
    expect(offences).toEqual([]);
  });

  test("whoever wants no release waits for the delay, and sees its end", async () => {
    const key = generatePrivateKey();
    const wallet = new InjectedWallet("Test Wallet", [key]);
    await market.fund(await logInNew(authority, key));
    await using watched = await open(wallet);
    const { page } = watched;
    await logIn(page);
    await page.click("text=After the delay");
    await page.fill("#withdraw-amount", "12.5");
    await page.click("text=Sign and withdraw");
    await page.waitForSelector(".entry.withdrawal .rail [aria-current]:text-is('waiting')");
    expect(wallet.shown?.primaryType).toBe("Withdrawal");
    expect(await page.textContent(".entry.withdrawal .why")).toMatch(/The authority pays it out after .*20\d\d/);
    expect(await page.textContent(".entry.withdrawal .change")).toBe("\u221212.500000");
  });

  test("a newcomer pays in by card, lets a device spend, and revokes it", async () => {
    const key = generatePrivateKey();
    const wallet = new InjectedWallet("Test Wallet", [key]);
    wallet.rpc = authority.rpc;
    await authority.rpc("hardhat_setBalance", wallet.account.address, "0xde0b6b3a7640000");
    const device = await logInNew(authority, key);
    await using watched = await open(wallet);
    const { page, offences } = watched;
    await logIn(page);
    await page.fill("#pay-in-amount", "20");
    await page.fill("#pay-in-card", "4000 0000 0000 0002");
    await page.click("button:text-is('Pay in')");
    await page.waitForSelector(".message.bad");
    expect(await messageOf(page)).toContain("The card was not charged");
    await page.fill("#pay-in-card", "4242 4242 4242 4242");
    await page.click("button:text-is('Pay in')");
    await page.waitForSelector(".entry.deposit .rail [aria-current]:text-is('credited')");

    const shown = `${device.sessionKey.slice(0, 6)}…${device.sessionKey.slice(-4)}`;
    await page.click(".others summary");
    const row = page.locator(".devices > li", { hasText: shown });
    await row.locator("text=Authorize").click();
    await row.locator("input").fill("7.5");
    await row.locator("text=Sign and authorize").click();
    await row.locator("text=of 7.500000").waitFor();
    expect(wallet.shown).toMatchObject({
      primaryType: "SessionAuthorization",
      message: { account: device.wallet.address, sessionKey: device.sessionKey, limit: "7500000" },
    });
    expect(await device.client.session(device.sessionKey)).toMatchObject({ state: "active", limit: "7500000" });

    await row.locator("button:text-is('Revoke')").click();
    await row.locator(".state:text-is('revoked')").waitFor();
    expect(wallet.asked).toContain("eth_sendTransaction");
    await expect(device.client.account()).rejects.toMatchObject({ code: "TOKEN_REVOKED" });
    expect(offences).toEqual([]);
  });

  describe("paying in from the wallet, by permit", () => {
    tryPermit(() => ({ authority, open }));
  });

  test("a visitor checks this history in the browser, with the bundles of its authority", async () => {
    await market.settled();
    await auditWithBundles(browser, authority);
  });

  describe("a wallet that does what it should not", () => {
    const other = generatePrivateKey();
    const cases: readonly (readonly [string, (wallet: InjectedWallet) => void, RegExp])[] = [
      [
        "says no to its accounts",
        (wallet) => wallet.behaviours.set("eth_requestAccounts", refuse(4001)),
        /You said no in the wallet. Nothing was sent/,
      ],
      ["names no account", (wallet) => wallet.behaviours.set("eth_requestAccounts", () => []), /has named no account/],
      [
        "names what is no account",
        (wallet) => wallet.behaviours.set("eth_requestAccounts", () => ["<img src=x>"]),
        /no account/,
      ],
      ["says no to the login", (wallet) => wallet.behaviours.set("personal_sign", refuse(4001)), /You said no/],
      [
        "has an open question",
        (wallet) => wallet.behaviours.set("eth_requestAccounts", refuse(-32_002)),
        /answer that one first/,
      ],
      [
        "does not know the chain",
        (wallet) => {
          wallet.chainId = 1;
          wallet.behaviours.set("wallet_switchEthereumChain", refuse(4902));
        },
        /does not know chain 31337/,
      ],
      [
        "says that it has changed its chain, and has not",
        (wallet) => {
          wallet.chainId = 1;
          wallet.behaviours.set("wallet_switchEthereumChain", () => null);
        },
        /says that it has changed to chain 31337, and is on another one/,
      ],
      [
        "answers with no chain",
        (wallet) => wallet.behaviours.set("eth_chainId", () => "mainnet"),
        /and is on another one/,
      ],
      [
        "signs with what is no signature",
        (wallet) => wallet.behaviours.set("personal_sign", () => "yes"),
        /not a signature/,
      ],
      [
        "signs with another key",
        (wallet) =>
          wallet.behaviours.set("personal_sign", async () =>
            new InjectedWallet("", [other]).account.signMessage({ message: "x" }),
          ),
        /signed something else/,
      ],
      [
        "changes account while it is asked",
        (wallet) =>
          wallet.behaviours.set("personal_sign", () => {
            wallet.accounts.unshift(new InjectedWallet("", [other]).account);
            return `0x${"11".repeat(65)}`;
          }),
        /at another account now. Nothing was sent/,
      ],
      [
        "talks in markup",
        (wallet) =>
          wallet.behaviours.set("eth_requestAccounts", () => {
            throw new WalletRefusal(-1, "<img src=x onerror=alert(1)>\u202e");
          }),
        /<img src=x onerror=alert\(1\)>\ufffd/,
      ],
    ];

    test("at login: it is said, nothing is signed, and the page takes the next one", async () => {
      const wallet = new InjectedWallet();
      await using watched = await open(wallet);
      const { page, offences } = watched;
      for (const [what, spoil, message] of cases) {
        wallet.reset();
        spoil(wallet);
        await page.reload();
        await page.click("text=Test Wallet");
        await page.waitForSelector(".message.bad");
        expect(await messageOf(page), what).toMatch(message);
        expect(await page.isVisible(".stats"), what).toBe(false);
        expect(offences, what).toEqual([]);
      }
    });

    test("at a withdrawal: nothing is half-done, and what is wrong is said", async () => {
      const key = generatePrivateKey();
      const wallet = new InjectedWallet("Test Wallet", [key]);
      const customer = await market.fund(await logInNew(authority, key));
      await using watched = await open(wallet);
      const { page, offences } = watched;
      await logIn(page);
      const tryIt = async (behaviour: (params: readonly unknown[]) => unknown): Promise<string> => {
        wallet.behaviours.set("eth_signTypedData_v4", behaviour);
        await page.fill("#withdraw-amount", "1");
        await page.click("text=Sign and withdraw");
        await page.waitForSelector(".message.bad");
        const said = await messageOf(page);
        wallet.behaviours.clear();
        return said;
      };
      expect(await tryIt(refuse(4001))).toContain("You said no");
      expect(await tryIt(refuse(4200))).toContain("cannot sign such data");
      // It signs for another chain than it says.
      const onOther = (text: string): string => text.replace('"chainId":31337', '"chainId":1');
      expect(await tryIt(([, text]) => wallet.signTyped(onOther(String(text))))).toContain("signed something else");
      // It signs another amount than it shows.
      const more = (text: string): string => text.replace('"amount":"1000000"', '"amount":"999000000"');
      expect(await tryIt(([, text]) => wallet.signTyped(more(String(text))))).toContain("signed something else");
      expect(await tryIt(() => "0x")).toContain("not a signature");
      expect(
        await tryIt(() => {
          wallet.behaviours.set("eth_chainId", () => "0x1");
          return `0x${"11".repeat(65)}`;
        }),
      ).toContain("not on chain 31337 any more. Nothing was sent");
      expect(await page.locator(".entry.withdrawal").count()).toBe(0);
      expect((await customer.client.account()).balance).toBe("1000000000");

      wallet.accounts.unshift(new InjectedWallet("", [other]).account);
      await wallet.emit("accountsChanged", [wallet.account.address]);
      await page.waitForSelector(".connect");
      expect(await messageOf(page)).toContain("changed to another account. You are logged out");
      expect(await page.isVisible(".stats")).toBe(false);
      expect(offences).toEqual([]);
    });
  });
});

function refuse(code: number): () => never {
  return () => {
    throw new WalletRefusal(code, "no");
  };
}
