import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { type BrowserContext, chromium } from "playwright-core";
import { bytesToHex } from "viem";
import { devnetAccount } from "../../../cli/devnet/devnet-keys.ts";
import { ensurePages } from "../../../cli/pages/build-pages.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { findFreePort } from "../../../scripts/devnet/ports.ts";
import { type Customer, type RealAuthority, startRealAuthority } from "../../authority/support/real-authority.ts";
import { RealMarket } from "../../authority/support/real-market.ts";
import { InjectedWallet } from "../support/injected-wallet.ts";
import { openLive } from "../support/look-at-live.ts";
import { BUSY } from "../support/peer/scenes.ts";
import { StagedPeer } from "../support/peer/staged-peer.ts";

const PAGES = ["repository", "account", "desk", "audit", "peer", "live"] as const;
type PageName = (typeof PAGES)[number];

/** Vouchers come so often while somebody clicks about. */
const VOUCHER_EVERY_MS = 3_000;
/** Whoever says nothing for so long is stuck. */
const STUCK_MS = 20_000;
/** Less is not worth a start. */
const MIN_SEC = 5;
/** Its package exports types only; the program starts the binary that fits. */
const BOMBADIL = join(import.meta.dirname, "../../../node_modules/@antithesishq/bombadil/bin/bombadil.js");

/**
 * Lets Bombadil use each page for so many minutes, on a real chain with money that moves, with a
 * wallet that owns the contract and sells. Returns the names of pages on which a property broke.
 */
export async function explore(minutes: number, names: readonly string[]): Promise<string[]> {
  const pages = PAGES.filter((name) => names.length === 0 || names.includes(name));
  await using authority = await startRealAuthority({ scripts: await ensurePages() });
  const key = bytesToHex(devnetAccount(0).getHdKey().privateKey as Uint8Array);
  const market = await RealMarket.open(authority, "Big Buck Bunny", key);
  const stop = await keepSelling(market);
  const broken: string[] = [];
  try {
    for (const name of pages) {
      console.log(`${name}: ${minutes} minutes`);
      const wallet = new InjectedWallet("Test Wallet", [key]);
      wallet.rpc = authority.rpc;
      await using place = await openPlace(name, authority);
      if (!(await explorePage(place, wallet, minutes))) broken.push(name);
    }
  } finally {
    stop();
  }
  return broken;
}

interface Place extends AsyncDisposable {
  readonly url: string;
  /** Before any page is there. */
  readonly equip?: (context: BrowserContext) => Promise<void>;
}

/** Where a page is. Those that are not the authority's are staged. */
async function openPlace(name: PageName, authority: RealAuthority): Promise<Place> {
  if (name === "peer") {
    const peer = await StagedPeer.open(BUSY);
    return {
      url: peer.site + (await peer.door()),
      equip: async (context) => {
        await context.addInitScript(comeBackBy(peer.token));
      },
      [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
    };
  }
  if (name === "live") return openLive();
  const { contract } = await authority.client.info();
  const paths = {
    repository: "/",
    account: "/account",
    desk: "/operator",
    audit: `/audit#${new URLSearchParams({ rpc: authority.rpcUrl, contract })}`,
  };
  return { url: authority.url + paths[name], [Symbol.asyncDispose]: async () => undefined };
}

/**
 * For a page: whoever has logged out of a peer stands before its door for a look, and comes back
 * with a new code.
 */
function comeBackBy(token: string): string {
  return `let isBack = false;
  setInterval(async () => {
    if (isBack || document.querySelector("#logged-out") === null) return;
    isBack = true;
    const answer = await fetch("/v1/page/codes", { method: "POST", headers: { authorization: "Bearer ${token}" } });
    location.hash = "#code=" + (await answer.json()).code;
  }, 1_000);`;
}

/** A payer buys from both payees all the time. */
async function keepSelling(market: RealMarket): Promise<() => void> {
  const payer = await market.fundedPayer();
  let [lanes, amount] = [await market.lanesOf(payer), 0n];
  const timer = setInterval(async () => {
    amount += 10_000n;
    const isFinal = amount % 100_000n === 0n;
    try {
      for (const payee of market.payees)
        await market.push(
          payer,
          payee as Customer,
          lanes.get(payee.wallet.address) as SignedAllotment,
          amount,
          isFinal,
        );
      if (!isFinal) return;
      [lanes, amount] = [await market.lanesOf(payer), 0n];
    } catch (error) {
      console.error(`a voucher was not taken: ${(error as Error).message}`);
      // Somebody has settled at the desk: there are new lanes.
      [lanes, amount] = [await market.lanesOf(payer).catch(() => lanes), 0n];
    }
  }, VOUCHER_EVERY_MS);
  return () => clearInterval(timer);
}

async function explorePage({ url, equip }: Place, wallet: InjectedWallet, minutes: number): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-explore-"));
  const port = await findFreePort();
  // The wallet comes from here, the clicks from there.
  const context = await chromium.launchPersistentContext(join(directory, "profile"), {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", `--remote-debugging-port=${port}`],
  });
  try {
    await wallet.install(context);
    await equip?.(context);
    const until = performance.now() + 60_000 * minutes;
    let part = 0;
    // Bombadil waits for ever when it misses an event of the browser: then another one goes on.
    for (let left = 60 * minutes; left >= MIN_SEC; left = (until - performance.now()) / 1_000) {
      const trace = join(directory, `trace-${part++}`);
      const options = ["--remote-debugger", `http://127.0.0.1:${port}`, "--create-target", "--exit-on-violation"];
      const limits = ["--time-limit", `${Math.round(left)}s`, "--output-path", trace];
      const spec = join(import.meta.dirname, "spec.ts");
      const end = await runBombadil([...options, ...limits, url, spec], left);
      if (end === "broken") return false;
    }
    return true;
  } finally {
    // Bombadil sometimes takes the browser with it.
    await context.close().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `seconds`: its time limit. Its own words go to the screen. */
async function runBombadil(args: readonly string[], seconds: number): Promise<"over" | "stuck" | "broken"> {
  // Debian's Chromium tells of more than Bombadil knows, which it warns of each time.
  const env = { ...process.env, RUST_LOG: "error" };
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const child = spawn(execPath, [BOMBADIL, "browser", "test-external", ...args], {
    stdio: [...stdio],
    env,
    detached: true,
  });
  let isStuck = false;
  const end = (): void => {
    isStuck = true;
    // The program that npm starts has started another one.
    process.kill(-(child.pid as number), "SIGKILL");
  };
  let timer = setTimeout(end, STUCK_MS);
  const limit = setTimeout(end, 1_000 * seconds + STUCK_MS);
  child.stdout?.on("data", (words: Buffer) => {
    process.stdout.write(words);
    clearTimeout(timer);
    timer = setTimeout(end, STUCK_MS);
  });
  const [code] = await once(child, "exit");
  clearTimeout(timer);
  clearTimeout(limit);
  if (isStuck) return "stuck";
  return code === 0 ? "over" : "broken";
}
