import type { Browser, Page } from "playwright-core";
import { lookAt, type View } from "../look.ts";
import { scriptKB } from "../script-size.ts";
import type { Tally } from "../tally.ts";
import { BUSY, EMPTY } from "./scenes.ts";
import { type Staged, StagedPeer } from "./staged-peer.ts";

/** The peer's page in each of its states. Returns the size of its script, compressed, in kB. */
export async function lookAtPeer(browser: Browser, tally: Tally, shots: string | null): Promise<number> {
  await look(browser, tally, shots, EMPTY, [["empty", ".stats"]]);
  await using peer = await StagedPeer.open(EMPTY);
  await lookAt(browser, peer.site, [{ name: "peer-logged-out", path: "/" }], { tally, shots });
  await look(browser, tally, shots, BUSY, [
    ["list", ".entries"],
    ["content", ".wires td", async (page) => page.click(".entry a.name >> nth=2")],
    [
      "stuck",
      ".reasons",
      async (page) => page.click("text=Needs you >> nth=0").then(() => page.click(".entry a.name >> nth=1")),
    ],
    [
      "remove",
      "dialog[open]",
      async (page) => {
        await page.click(".entry a.name >> nth=2");
        await page.click("text=Remove…");
      },
    ],
  ]);
  return await scriptKB(browser, peer.site, "/");
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
