import type { Browser, Page } from "playwright-core";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import { printable } from "../../../protocol/base/text.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { type ParsedPage, parsePages } from "./parsed-page.ts";
import { Stage } from "./stage.ts";
import type { Tally } from "./tally.ts";
import { openPage } from "./watched-page.ts";

const shown = (text: string): string => printable(text, 4_096);
const tagOf = (text: string): string => text.slice(0, 40);
const fileOf = (text: string, i: number): string => `${i} ${text}`;

/**
 * Every hostile text in every place that a stranger fills: titles, files, the token's symbol, the
 * search, the address. Each must be there as a text, and do nothing.
 */
export async function attackRepository(browser: Browser, tally: Tally): Promise<void> {
  await using stage = await Stage.open({ symbol: HOSTILE_TEXTS[5] as string, decimals: 6 });
  const hashes: InfoHash[] = [];
  const add = (title: string): Promise<InfoHash> =>
    stage.add({
      ...{ title, files: [{ path: "a", sizeBytes: 1_000 }], pricePerGiB: 1_000_000n },
      tags: [tagOf(title)],
    });
  for (const title of HOSTILE_TEXTS) hashes.push(await add(title));
  const files = HOSTILE_TEXTS.map((text, i) => ({ path: fileOf(text, i), sizeBytes: 1_000 }));
  const many = await stage.addWithFiles(HOSTILE_TEXTS.join(" "), files);
  await readEach(browser, stage, { harmless: await add("harmless"), hashes, many }, tally);
  await openSome(browser, stage, many, tally);
}

interface Published {
  readonly harmless: InfoHash;
  /** One for each text. */
  readonly hashes: readonly InfoHash[];
  /** Its files bear all texts. */
  readonly many: InfoHash;
}

/** Each text in each place: Chromium parses the answers, and finds what harmless ones hold. */
async function readEach(browser: Browser, stage: Stage, published: Published, tally: Tally): Promise<void> {
  await using watched = await openPage(browser, "about:blank", {});
  const read = async (paths: readonly string[]): Promise<ParsedPage[]> => {
    const bodies = [];
    for (const url of paths) bodies.push((await stage.server.inject({ url, headers: { accept: "text/html" } })).body);
    return parsePages(watched.page, bodies);
  };
  const searchOf = (query: string, tag: string) => `/?q=${encodeURIComponent(query)}&tag=${encodeURIComponent(tag)}`;
  const { harmless, hashes, many } = published;
  const plain = await read([
    ...["/", "/?page=2", searchOf("harmless", "harmless"), searchOf("nothing", "none"), searchOf("", "harmless")],
    ...[`/contents/${harmless}`, `/contents/${many}`, "/nowhere"],
  ]);
  const known = new Set(plain.flatMap(({ kinds }) => kinds));
  const judge = (place: string, text: string, isShown: boolean, { kinds, addresses }: ParsedPage): void => {
    tally.hostileCases++;
    const strange = kinds.filter((kind) => !known.has(kind));
    const away = addresses.filter(
      (address) => !/^(\/(?!\/)|#|magnet:\?|https:\/\/repository\.example\/)/.test(address),
    );
    const what = [...strange, ...away].join("; ");
    tally.check(isShown && what === "", `${place}: ${JSON.stringify(text)} ${what}`);
  };

  const lists = await read(["/?page=1", "/?page=2"]);
  for (const text of HOSTILE_TEXTS) {
    const list = lists.find(({ titles }) => titles.includes(shown(text))) as ParsedPage;
    judge("title in the list", text, list !== undefined, list ?? (lists[0] as ParsedPage));
  }
  const details = await read(hashes.map((hash) => `/contents/${hash}`));
  for (const [i, text] of HOSTILE_TEXTS.entries()) {
    const detail = details[i] as ParsedPage;
    const { heading, name, tags } = detail;
    const isNamed = heading === shown(text) && name.startsWith(shown(text).trim().slice(0, 3));
    judge("title of the page", text, isNamed, detail);
    judge("tag of a content", text, tags[0] === shown(tagOf(text)), detail);
  }
  const [listed] = (await read([`/contents/${many}`])) as [ParsedPage];
  for (const [i, text] of HOSTILE_TEXTS.entries())
    judge("name of a file", text, listed.files[i] === shown(fileOf(text, i)), listed);
  const searches = await read(HOSTILE_TEXTS.map((text) => searchOf(text, tagOf(text))));
  for (const [i, text] of HOSTILE_TEXTS.entries()) {
    const search = searches[i] as ParsedPage;
    judge("a tag to look for", text, search.chosen === shown(tagOf(text)), search);
    judge("search", text, search.sought === shown(text.trim()), search);
  }
  const nowhere = await read(HOSTILE_TEXTS.map((text) => `/${encodeURIComponent(text)}`));
  for (const [i, text] of HOSTILE_TEXTS.entries()) {
    const page = nowhere[i] as ParsedPage;
    judge("address", text, page.heading !== null, page);
  }
  const feed = await stage.server.inject("/feed.atom");
  for (const text of HOSTILE_TEXTS) {
    tally.hostileCases++;
    const isText = !/<script|<img|<svg|<iframe/i.test(feed.body) && feed.body.includes("<entry>");
    tally.check(isText, `feed: ${JSON.stringify(text)}`);
  }
}

/** All texts at once, on pages that are really open: nothing of them runs or loads. */
async function openSome(browser: Browser, stage: Stage, many: InfoHash, tally: Tally): Promise<void> {
  const site = await stage.listen();
  await using watched = await openPage(browser, site, {});
  const { page, offences } = watched;
  const search = HOSTILE_TEXTS.slice(0, 6).join(" ").slice(0, 200);
  const paths = [
    "/",
    "/?page=2",
    `/contents/${many}`,
    `/?q=${encodeURIComponent(search)}`,
    `/${encodeURIComponent(search)}`,
  ];
  for (const path of paths) {
    await page.goto(site + path);
    await settle(page);
    tally.check(offences.length === 0, `open at ${path}: ${offences.splice(0).join("; ")}`);
  }
}

/** What would run by itself, or at a touch, has run. */
async function settle(page: Page): Promise<void> {
  await page.mouse.move(300, 300);
  await page.keyboard.press("Tab");
}
