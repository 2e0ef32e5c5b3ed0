import type { Browser } from "playwright-core";
import { insertTorrent } from "../../../authority/store/tables/torrents.ts";
import { saveSwarms } from "../../../authority/store/views/listed-torrents.ts";
import { saveListing } from "../../../authority/store/views/listings.ts";
import { accountOf } from "../../authority/support/context.ts";
import { START } from "../../authority/support/fake-chain.ts";
import { CONTENTS } from "./contents.ts";
import { Stage } from "./stage.ts";

const MANY = 10_000;
const VISITS = 9;

/** Of several visits, milliseconds. */
export interface Paint {
  readonly path: string;
  readonly median: number;
  readonly worst: number;
  /** Until the last byte of the page was here. */
  readonly answered: number;
  /** Processor time of the page's main thread until then: a busy machine changes it little. */
  readonly cpu: number;
}

type Visit = Readonly<Record<"paint" | "answered" | "cpu", number>>;

/**
 * First contentful paint of the repository with 10,000 contents, from loopback, each visit with an
 * empty cache, in a browser that was at this site. Figures are of this machine: nothing asserts
 * them.
 */
export async function measurePaint(browser: Browser): Promise<Paint[]> {
  await using stage = await Stage.open();
  await fillRepository(stage);
  const site = await stage.listen();
  // The first one is a line of text: what the browser takes for anything at all.
  const paths = ["/robots.txt", "/", "/?page=200", "/?sort=price&page=100", "/?q=maps", "/?tag=maps"];
  const paints: Paint[] = [];
  for (const path of paths) {
    const visits: Visit[] = [];
    for (let visit = 0; visit < VISITS; visit++) visits.push(await visitOnce(browser, site + path));
    const sorted = (name: keyof Visit): number[] => visits.map((one) => one[name]).sort((a, b) => a - b);
    const middle = (name: keyof Visit): number => sorted(name)[VISITS >> 1] ?? 0;
    const worst = sorted("paint").at(-1) ?? 0;
    paints.push({ path, median: middle("paint"), worst, answered: middle("answered"), cpu: middle("cpu") });
  }
  return paints;
}

async function visitOnce(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    // Its process is there, and a connection.
    await page.goto(new URL("/feed.atom", url).href, { waitUntil: "load" });
    const debug = await context.newCDPSession(page);
    await debug.send("Performance.enable", { timeDomain: "threadTicks" });
    const cpuMs = async (): Promise<number> => {
      const { metrics } = await debug.send("Performance.getMetrics");
      return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
    };
    const before = await cpuMs();
    await page.goto(url, { waitUntil: "load" });
    const script = `new Promise((resolve) => {
      const answered = performance.getEntriesByType("navigation")[0].responseEnd;
      new PerformanceObserver((list) => {
        const one = list.getEntriesByName("first-contentful-paint")[0];
        if (one) resolve({ paint: one.startTime, answered });
      }).observe({ type: "paint", buffered: true });
    })`;
    const { paint, answered } = (await page.evaluate(script)) as { paint: number; answered: number };
    return { paint: Math.round(paint), answered: Math.round(answered), cpu: Math.round((await cpuMs()) - before) };
  } finally {
    await context.close();
  }
}

async function fillRepository({ authority }: Stage): Promise<void> {
  await authority.context.store.transaction(async (trx) => {
    for (let i = 0; i < MANY; i++) {
      const infoHash = i.toString(16).padStart(40, "0");
      const { title, tags = [] } = CONTENTS[i % CONTENTS.length] as (typeof CONTENTS)[number];
      const own = { infoHash, title: `${title} ${i}`, sizeBytes: 1_000_000 * (1 + ((i * 7_919) % 9_973)) };
      await insertTorrent(trx, {
        ...own,
        ...{ pieceLength: 1_048_576, pieceCount: Math.ceil(own.sizeBytes / 1_048_576), metainfo: new Uint8Array() },
        ...{ pricePerGiB: String((i * 31) % 2_000_000), publisher: accountOf(0xa1 + (i % 4)), publishedAt: START - i },
        metainfoBytes: 500,
      });
      const texts = { title: own.title, description: "", tags: [...tags], licence: "", replaces: null };
      if (i % 2 === 0) await saveListing(trx, infoHash, { ...texts, signedAt: START, signature: "0x" }, true);
      if (i % 3 === 0) await saveSwarms(trx, [{ infoHash, seeders: i % 50, leechers: i % 7 }]);
    }
  });
}
