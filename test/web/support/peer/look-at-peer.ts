import type { Browser, Page } from "playwright-core";
import { lookAt, type View } from "../look.ts";
import { scriptKB } from "../script-size.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { BUSY, EMPTY, LARGE } from "./scenes.ts";
import { type Staged, StagedPeer } from "./staged-peer.ts";

/** The peer's page in each of its states. Returns the size of its script, compressed, in kB. */
export async function lookAtPeer(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  await using peer = await StagedPeer.open(EMPTY);
  await look(browser, tally, shots, EMPTY, [["empty", ".stats"]]);
  const open = async (page: Page): Promise<void> => page.click("a.name:text-is('Debian 12.9 netinst, amd64')");
  const ask = async (page: Page): Promise<void> => {
    await open(page);
    await page.click("text=Remove…");
  };
  const stuck = async (page: Page): Promise<void> => {
    await page.click("text=Needs you");
    await page.click(".entry a.name >> nth=1");
  };
  const steps: Step[] = [
    ["list", ".entries"],
    ["content", ".wires td", open],
    ["remove", "dialog[open]", ask],
  ];
  // Whoever wants pictures wants all of them; these hold each part of the page.
  if (shots !== null) {
    await lookAt(browser, peer.site, [{ name: "peer-logged-out", path: "/" }], { tally, shots });
    steps.push(["stuck", ".reasons", stuck]);
  }
  await look(browser, tally, shots, BUSY, steps);
  await lookAtThousand(browser, tally);
  await pasteAddress(browser, tally);
  return await scriptKB(browser, peer.site, "/");
}

/** Of a thousand contents fifty are drawn, and each is found. */
async function lookAtThousand(browser: Browser, tally: Tally): Promise<void> {
  await using peer = await StagedPeer.open(LARGE);
  await using watched = await openPage(browser, peer.site, {});
  const { page, offences } = watched;
  await page.goto(`${peer.site}/`);
  await enter(page, peer);
  tally.check((await page.locator(".entry").count()) === 50, "fifty rows at a time");
  await page.click("text=Last");
  await page.waitForSelector("text=Recording 0999");
  await page.fill("input[type=search]", "0500");
  await page.waitForSelector("text=Recording 0500");
  tally.check((await page.locator(".entry").count()) === 1, "one of a thousand is found");
  tally.check(offences.length === 0, `a thousand contents: ${offences.join("; ")}`);
}

/** Whoever stands before the door gets in by the page itself, with an address and nothing less. */
async function pasteAddress(browser: Browser, tally: Tally): Promise<void> {
  await using peer = await StagedPeer.open(EMPTY);
  await using watched = await openPage(browser, peer.site, {});
  const { page } = watched;
  await page.goto(`${peer.site}/`);
  const paste = async (text: string, wanted: string): Promise<void> => {
    await page.fill("#address", text);
    await page.click("button:text-is('Log in')");
    await page.waitForSelector(wanted);
  };
  await paste("floodgate peer ui", ".message.bad:text-matches('^Paste the whole address')");
  await paste("A".repeat(43), ".message.bad:text-matches('used already')");
  await paste(peer.site + (await peer.door()), ".stats");
  tally.check(!page.url().includes("code"), "a code that was pasted is in no address");
}

type Step = readonly [name: string, wanted: string, act?: (page: Page) => Promise<unknown>];

async function look(browser: Browser, tally: Tally, shots: string | null, scene: Staged, steps: readonly Step[]) {
  await using peer = await StagedPeer.open(scene);
  const views: View[] = steps.map(([name, wanted, act]) => ({
    name: `peer-${name}`,
    path: "/",
    async prepare(page) {
      await enter(page, peer);
      await act?.(page);
      await page.waitForSelector(wanted);
    },
  }));
  await lookAt(browser, peer.site, views, { tally, shots });
  tally.check(peer.faults.length === 0, `the peer's API failed: ${peer.faults.map(String).join("; ")}`);
}

/** Logs in, if this browser is not logged in yet. */
export async function enter(page: Page, peer: Pick<StagedPeer, "site" | "door">): Promise<void> {
  await page.waitForSelector(".stats, #logged-out");
  if (await page.isVisible(".stats")) return;
  await page.goto(peer.site + (await peer.door()));
  await page.waitForSelector(".stats");
}
