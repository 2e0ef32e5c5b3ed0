import type { Page } from "playwright-core";
import { encodeFunctionData, type Hex } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { expect, test } from "vitest";
import { testDollarAbi } from "../../../../protocol/contract/abi.ts";
import { logInNew, type RealAuthority } from "../../../authority/support/real-authority.ts";
import { fundWallet, mined } from "../fund-wallet.ts";
import { InjectedWallet, WalletRefusal } from "../injected-wallet.ts";
import type { WatchedPage } from "../watched-page.ts";

const TOKENS = 50_000_000n;

/** In the page: the next message that is neither on show already nor a wait. */
const NEXT_MESSAGE = `new Promise((resolve) => {
  let isOld = document.querySelector(".message") !== null;
  const observer = new MutationObserver(() => {
    const message = document.querySelector(".message");
    if (message === null || message.classList.contains("wait")) isOld = false;
    else if (!isOld) {
      observer.disconnect();
      resolve(message.textContent);
    }
  });
  observer.observe(document.body, { attributes: true, characterData: true, childList: true, subtree: true });
})`;

interface Place {
  readonly authority: RealAuthority;
  /** Its account's page. */
  readonly open: (wallet: InjectedWallet) => Promise<WatchedPage>;
}

/** Tests of paying in by permit; `place`: on a real chain, once they run. */
export function tryPermit(place: () => Place): void {
  payOnce(place);
  payTwice(place);
}

function payOnce(place: () => Place): void {
  test("the money is in the balance, its way in the timeline, and it counts once", async () => {
    const at = place();
    const { wallet, key, watched } = await openFunded(at);
    await using _ = watched;
    const { page, offences } = watched;
    expect(await payIn(page, "60")).toContain("The wallet has 50.000000 TUSD: pay in at most that");
    expect(await payIn(page, "12.5")).toContain("Your wallet says that it has sent 12.500000 TUSD");
    expect(wallet.shown).toMatchObject({
      primaryType: "Permit",
      message: { owner: wallet.account.address.toLowerCase(), value: "12500000", nonce: "0" },
    });
    const isFinal = page.locator(".entry.deposit .rail [aria-current]:text-is('final')");
    await isFinal.waitFor();
    expect(await page.textContent(".entry.deposit .name")).toBe("Paid in on-chain");
    expect(await page.textContent(".entry.deposit .change")).toBe("+12.500000");
    expect(await balanceOf(at, key)).toBe("12500000");
    // Done: the same amount is another payment now.
    expect(await payIn(page, "12.5")).toContain("has sent 12.500000");
    await isFinal.nth(1).waitFor();
    expect(await balanceOf(at, key)).toBe("25000000");
    expect(await tokensOf(at, wallet.account.address)).toBe(TOKENS - 25_000_000n);
    expect(offences).toEqual([]);
  });
}

function payTwice(place: () => Place): void {
  test("what is sent twice counts once, and a wallet that says no has sent nothing", async () => {
    const at = place();
    const { wallet, key, watched } = await openFunded(at);
    await using _ = watched;
    const { page, offences } = watched;
    const sent: { to: Hex; data: Hex }[] = [];
    const refuse = (code: number) => (): never => {
      throw new WalletRefusal(code, "no");
    };
    const tryIt = async (method: string, behaviour: (params: readonly unknown[]) => unknown): Promise<string> => {
      wallet.behaviours.set(method, behaviour);
      const said = await payIn(page, "3");
      wallet.behaviours.clear();
      return said;
    };
    const signTyped = (change: (text: string) => string) => (params: readonly unknown[]) =>
      wallet.signTyped(change(String(params[1])));
    expect(await tryIt("eth_signTypedData_v4", refuse(4001))).toContain("You said no");
    // Another spender, another amount, another chain than it was asked for.
    const lies: ((text: string) => string)[] = [
      (text) => text.replace(/"spender":"0x[0-9a-f]{40}"/, `"spender":"0x${"66".repeat(20)}"`),
      (text) => text.replace('"value":"3000000"', '"value":"49000000"'),
      (text) => text.replace('"chainId":31337', '"chainId":1'),
    ];
    for (const lie of lies)
      expect(await tryIt("eth_signTypedData_v4", signTyped(lie))).toContain("signed something else");
    expect(await tryIt("eth_signTypedData_v4", () => `0x${"11".repeat(97)}`)).toContain("signed something else");
    expect(await tryIt("eth_sendTransaction", refuse(4001))).toContain("You said no");
    expect(await tryIt("eth_sendTransaction", () => "sent")).toContain("not the hash of a transaction");
    const moves: readonly ((wallet: InjectedWallet) => void)[] = [
      (one) => one.behaviours.set("eth_chainId", () => "0x1"),
      (one) => one.behaviours.set("eth_accounts", () => [`0x${"22".repeat(20)}`]),
    ];
    for (const move of moves) {
      const said = await tryIt("eth_signTypedData_v4", (params) => {
        move(wallet);
        return wallet.signTyped(String(params[1]));
      });
      expect(said).toMatch(/Nothing was sent/);
    }
    expect(await balanceOf(at, key)).toBe("0");

    // Its owner presses twice before the first one is in a block.
    const keep = async (params: readonly unknown[]): Promise<unknown> => {
      sent.push(params[0] as { to: Hex; data: Hex });
      return `0x${"ab".repeat(32)}`;
    };
    await tryIt("eth_sendTransaction", keep);
    await tryIt("eth_sendTransaction", keep);
    for (const transaction of sent) {
      const hash = await wallet.send(transaction);
      await mined(at.authority.rpc, hash);
    }
    await page.waitForSelector(".entry.deposit .rail [aria-current]:text-is('final')");
    expect(await page.locator(".entry.deposit").count()).toBe(1);
    expect(await balanceOf(at, key)).toBe("3000000");
    expect(offences).toEqual([]);
  });
}

/** A wallet with gas and tokens, and its account's page. */
async function openFunded({
  authority,
  open,
}: Place): Promise<{ wallet: InjectedWallet; key: Hex; watched: WatchedPage }> {
  const key = generatePrivateKey();
  const wallet = new InjectedWallet("Test Wallet", [key]);
  const { token } = await authority.client.info();
  await fundWallet(authority.rpc, wallet, token.address as Hex, TOKENS);
  const watched = await open(wallet);
  const { page } = watched;
  await page.click("text=Test Wallet");
  await page.waitForSelector(".stats");
  await page.click("text=From the wallet");
  return { wallet, key, watched };
}

/** What the page says in the end, not what it said before, or while it waits for the wallet. */
async function payIn(page: Page, amount: string): Promise<string> {
  await page.fill("#pay-in-amount", amount);
  const said = page.evaluate<string>(NEXT_MESSAGE);
  await page.click("text=Sign and pay in");
  return said;
}

async function balanceOf({ authority }: Place, key: Hex): Promise<string> {
  return (await (await logInNew(authority, key)).client.account()).balance;
}

async function tokensOf({ authority }: Place, holder: Hex): Promise<bigint> {
  const { token } = await authority.client.info();
  const data = encodeFunctionData({ abi: testDollarAbi, functionName: "balanceOf", args: [holder] });
  return BigInt((await authority.rpc("eth_call", { to: token.address, data }, "latest")) as string);
}
