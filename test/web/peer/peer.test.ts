import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatAmount, owed } from "../../../protocol/base/units.ts";
import type { Command } from "../../../scripts/devnet/command.ts";
import type { Customer } from "../../../scripts/devnet/customers.ts";
import { hasProgram } from "../../support/plain-client.ts";
import { startWorld, type World } from "../../support/world.ts";
import { openBrowser } from "../support/browser.ts";
import { makeWav } from "../support/peer/make-wav.ts";
import { openPage, type WatchedPage } from "../support/watched-page.ts";

const BYTES = 8 * 1024 * 1024 + 5;
const PRICE = 1_000_000n;
const COST = formatAmount(owed(BYTES, PRICE), 6);
const PATIENCE_MS = 60_000;
/** Of the sound: some megabytes. */
const SOUND_SEC = 60;

// Worlds of real processes, for `npm run test:deep`; the pages alone are in every `npm test`.
const isDeep = process.env.FLOODGATE_DEEP === "1" && hasProgram("chromium");
describe.runIf(isDeep)("the pages of two peers, at a real network", () => {
  let world: World;
  let browser: Browser;
  let [seller, buyer]: Customer[] = [];
  let selling: Command;
  let sellerPage: WatchedPage;
  let buyerPage: WatchedPage;
  const home = (customer: Customer | undefined): string => customer?.home ?? "";
  const peer = (customer: Customer | undefined, ...args: string[]) =>
    world.runner.run(["peer", ...args, "--home", home(customer)]);
  const start = async (customer: Customer | undefined, ...args: string[]): Promise<Command> => {
    const command = world.runner.start(["peer", "start", "--home", home(customer), ...args]);
    await command.event("ready");
    return command;
  };
  const open = async (customer: Customer | undefined): Promise<WatchedPage> => {
    const url = String((await peer(customer, "ui")).url);
    const watched = await openPage(browser, new URL("/", url).href, {});
    watched.page.setDefaultTimeout(PATIENCE_MS);
    await watched.page.goto(url);
    await watched.page.waitForSelector(".stats");
    // The code is gone from the address, so no history has it.
    expect(watched.page.url()).toBe(new URL("/", url).href);
    return watched;
  };
  const publish = async (path: string, price = "1.00"): Promise<string> => {
    const line = await world.runner.run(["publish", path, "--price", price, "--home", home(seller)]);
    await peer(seller, "add", String(line.infoHash), "--file", path);
    return String(line.infoHash);
  };
  const look = async (page: Page, source: string): Promise<void> => {
    await page.fill("#source", source);
    await page.press("#source", "Enter");
  };
  const addOn = async (page: Page, find: () => Promise<void>, folder: string, cap = ""): Promise<void> => {
    await page.click(".brand");
    await find();
    await page.fill("#place", folder);
    await page.fill("#add-cap", cap);
    await page.click("button:text-is('Download')");
    await page.waitForSelector(".lead.held");
  };
  const stateIs = (page: Page, word: string) =>
    page.waitForSelector(`.lead.held .state:text-is("${word}")`).catch(async (cause: unknown) => {
      throw new Error(`it is not "${word}": ${await page.innerText("main")}`, { cause });
    });

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
    [seller, buyer] = await Promise.all([world.customer("seller"), world.customer("buyer")]);
    [selling] = await Promise.all([start(seller), start(buyer)]);
    [sellerPage, buyerPage] = [await open(seller), await open(buyer)];
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test("a person adds a content, and sees it come to its end, and what it cost and earned", async () => {
    const id = await publish(world.randomFile("film.bin", BYTES));
    const { page } = buyerPage;
    await addOn(page, () => look(page, `magnet:?xt=urn:btih:${id}`), join(world.directory, "films"));
    await stateIs(page, "on offer");
    await page.waitForSelector(`.facts .money:has-text("${COST}")`);
    expect(await page.textContent(".lead h2")).toBe("film.bin");

    await sellerPage.page.waitForSelector(`.entry .earned .money:has-text("${COST}")`);
    await sellerPage.page.click("a.name:text-is('film.bin')");
    const row = sellerPage.page.locator(".wires tbody tr").first();
    await row.waitFor();
    const shown = (await row.allTextContents()).join();
    expect(shown).toContain("127.0.0.1:");
    expect(shown).toContain(COST);
    expect(shown).toMatch(/buys (from you|nothing now)/);
    await sellerPage.page.click(".brand");
  });

  test("a cap that is reached is told with its reason, and raised there", async () => {
    const id = await publish(world.randomFile("capped.bin", BYTES));
    const { page } = buyerPage;
    const torrent = await fetch(`${world.network.apiUrl}/v1/torrents/${id}/metainfo`);
    const buffer = Buffer.from(await torrent.arrayBuffer());
    const chosen = { name: "capped.torrent", mimeType: "application/x-bittorrent", buffer };
    await addOn(page, () => page.setInputFiles("#torrent", chosen), join(world.directory, "capped"), "0.003");
    await page.waitForSelector(".reasons.stuck >> text=A spending cap leaves");
    await stateIs(page, "stands still");
    await page.fill("#content-cap", "");
    await page.click("text=Set its limits");
    await page.waitForSelector("text=Its limits are set.");
    await stateIs(page, "on offer");
    expect(await page.locator(".reasons").count()).toBe(0);
  });

  test("a content rests, goes on, is verified, and is removed when that is confirmed", async () => {
    const { page } = buyerPage;
    await page.click(".brand");
    await page.click("a.name:text-is('film.bin')");
    await page.click("text=Pause");
    await stateIs(page, "resting");
    await page.click("text=Resume");
    await stateIs(page, "on offer");
    await page.click("text=Verify");
    await page.waitForSelector("text=Every piece is as it was published.");
    await page.click("text=Remove…");
    await page.click("dialog >> text=Cancel");
    expect(await page.isVisible("dialog")).toBe(false);
    await page.click("text=Remove…");
    await page.check("dialog input");
    await page.click("text=Remove and delete");
    await page.waitForSelector("text=film.bin is forgotten, and its files are deleted.");
    await page.locator("a.name:text-is('film.bin')").waitFor({ state: "detached" });
  });

  test("limits are set on the page, and the peer has them", async () => {
    const { page } = buyerPage;
    await page.click(".brand");
    await page.fill("#maxSpendPerDay", "1.5");
    await page.fill("#downloadLimit", "4096");
    await page.fill("#schedule", "23:00-06:00 up=none");
    await page.fill("#diskQuota", "100");
    await page.fill("#monthlyLimit", "500");
    await page.fill("#maxWires", "200");
    await page.click("button:text-is('Set')");
    await page.waitForSelector("text=The limits are set.");
    expect(await peer(buyer, "limit")).toMatchObject({
      maxSpendPerDay: "1500000",
      downloadLimit: 4096 * 1024,
      diskQuota: 100 * 2 ** 30,
      monthlyLimit: 500 * 2 ** 30,
      maxWires: 200,
      schedule: [{ from: 1380, to: 360, uploadLimit: null }],
    });
    await page.fill("#downloadLimit", "12");
    await page.click("button:text-is('Set')");
    await page.waitForSelector(".message.bad >> text=Write a limit in whole KiB a second");
  });

  test("a sound is played while it still comes, and a seek gets what it needs at once", async () => {
    const path = join(world.directory, "sound.wav");
    writeFileSync(path, makeWav(SOUND_SEC));
    // Slow enough that the end would not be there for long.
    await peer(seller, "limit", "--up", "512");
    const id = await publish(path);
    const { page } = buyerPage;
    await addOn(page, () => look(page, id), join(world.directory, "sounds"));
    await page.click("text=Play >> nth=0");
    const audio = page.locator("audio");
    await audio.waitFor();
    // By its events: the page's policy lets nobody make code of a text.
    const soundIs = (what: string) =>
      page.evaluate(`new Promise((resolve) => {
        const sound = document.querySelector("audio");
        const look = () => ${what} && resolve();
        for (const event of ["canplay", "seeked", "timeupdate"]) sound.addEventListener(event, look);
        look();
      })`);
    await soundIs("sound.readyState >= 2");
    await page.evaluate(`document.querySelector("audio").currentTime = ${SOUND_SEC - 5}`);
    await soundIs(`!sound.seeking && sound.readyState >= 2 && sound.currentTime >= ${SOUND_SEC - 5}`);
    const { state, bytesDone, sizeBytes } = await peer(buyer, "show", id);
    // The end was played before the middle was there.
    expect([state, Number(bytesDone) < Number(sizeBytes)]).toEqual(["downloading", true]);
    await page.click("text=Close");
    await peer(seller, "limit", "--up", "none");
    await stateIs(page, "on offer");
  });

  test("a page outlives its peer: it says so, and asks for a new login when there is another", async () => {
    await peer(seller, "stop");
    await selling.exited();
    const { page } = sellerPage;
    await page.waitForSelector("text=The peer does not answer.");
    const port = new URL(page.url()).port;
    selling = await start(seller, "--api-port", port);
    await page.waitForSelector("text=This browser is not logged in");
    await page.fill("#address", String((await peer(seller, "ui")).url));
    await page.click("text=Log in");
    await page.waitForSelector(".entry");
  });

  test("nothing that a page may not do was done", () => {
    const refused = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|Failed to fetch/;
    expect([...sellerPage.offences, ...buyerPage.offences].filter((what) => !refused.test(what))).toEqual([]);
  });
});
