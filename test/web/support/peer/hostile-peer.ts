import type { Browser, Page } from "playwright-core";
import { FloodgateError, NetworkError } from "../../../../protocol/base/errors.ts";
import { printable } from "../../../../protocol/base/text.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import type { Tally } from "../tally.ts";
import { openPage } from "../watched-page.ts";
import { attackMedia } from "./hostile-media.ts";
import { attackFromElsewhere } from "./hostile-sites.ts";
import { enter } from "./look-at-peer.ts";
import { EMPTY } from "./scenes.ts";
import { StagedPeer, staged } from "./staged-peer.ts";

/** Everything that a stranger may do to a running peer's page. */
export async function attackPeer(browser: Browser, tally: Tally): Promise<void> {
  await attackTexts(browser, tally);
  await attackMedia(browser, tally);
  await attackFromElsewhere(browser, tally);
}

/**
 * Every hostile text in every place of the page that a publisher, a peer, a tracker or the
 * authority fills. Each is there as a text, and does nothing.
 */
async function attackTexts(browser: Browser, tally: Tally): Promise<void> {
  const wire = { ...{ rateDown: 0, rateUp: 0, bytesDown: 0, bytesUp: 0, wastedBytes: 0 }, remoteKey: null };
  await using peer = await StagedPeer.open({
    ...EMPTY,
    token: { symbol: HOSTILE_TEXTS[5] as string, decimals: 6 },
    directory: HOSTILE_TEXTS[3] as string,
    // Fewer than a page has.
    contents: HOSTILE_TEXTS.map((text, i) =>
      staged(i, {
        title: text,
        path: `/${text}`,
        outlook: { obstacles: [], sellers: 0, requested: 0, shortage: null },
        ...(i % 2 === 0
          ? { state: "failed", problem: new FloodgateError("CONTENT_FAILED", text) }
          : { state: "downloading", bytesDone: 0, trackerProblem: new NetworkError("TRACKER_UNREACHABLE", text) }),
      }),
    ),
    files: HOSTILE_TEXTS.map((text, index) => ({ index, path: text, sizeBytes: 9, bytesDone: 9, mediaType: null })),
    wires: HOSTILE_TEXTS.map((text) => ({ ...wire, address: text, isPaid: false, bought: null, sold: null })),
  });
  await using watched = await openPage(browser, peer.site, {});
  const { page, offences } = watched;
  const judge = (place: string, text: string, shown: string): void => {
    tally.hostileCases++;
    const isShown = shown.includes(text);
    tally.check(isShown && offences.length === 0, `${place}: ${JSON.stringify(text)} ${offences.splice(0).join("; ")}`);
  };
  await page.goto(`${peer.site}/`);
  for (const text of HOSTILE_TEXTS) {
    await page.fill("#address", text);
    await page.click("button:text-is('Log in')");
    await page.waitForSelector(".message.bad");
    judge("what is pasted for an address", "Paste the whole", (await page.textContent(".message.bad")) ?? "");
  }
  await enter(page, peer);
  const list = await textsOf(page, ".entry");
  for (const text of HOSTILE_TEXTS) {
    judge("title in the list", printable(text, 160), list);
    judge("reason in the list", withCapital(printable(text, 200)), list);
  }
  judge("symbol of the token", HOSTILE_TEXTS[5] as string, await textsOf(page, ".stat"));
  for (const [i, text] of HOSTILE_TEXTS.entries()) {
    await page.goto(`${peer.site}/#/${staged(i).infoHash}`);
    await page.waitForSelector(`.facts code[title="${staged(i).infoHash}"]`);
    judge("title", printable(text, 200), await textsOf(page, ".lead h2"));
    judge("path", printable(text, 200), await textsOf(page, ".facts dd"));
    judge("reason", withCapital(printable(text, 200)), await textsOf(page, ".reasons"));
    if (i > 0) continue;
    await page.waitForSelector(".wires td");
    const [files, wires] = [await textsOf(page, ".files"), await textsOf(page, ".wires")];
    for (const name of HOSTILE_TEXTS) {
      judge("name of a file", printable(name, 400), files);
      judge("address of a wire", name, wires);
    }
  }
}

async function textsOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).allTextContents()).join("\n");
}

function withCapital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
