import type { Browser } from "playwright-core";
import { printable } from "../../../protocol/base/text.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { Stage } from "./stage.ts";
import type { Tally } from "./tally.ts";
import { openPage } from "./watched-page.ts";

const shown = (text: string): string => printable(text, 4_096);

/**
 * Every hostile text in every place that a stranger fills: titles, files, the token's symbol, the
 * search, the address. Each must be there as a text, and do nothing.
 */
export async function attackRepository(browser: Browser, tally: Tally): Promise<void> {
  await using stage = await Stage.open({ symbol: HOSTILE_TEXTS[5] as string, decimals: 6 });
  const files = HOSTILE_TEXTS.map((text, i) => ({ path: `${i} ${text}`, sizeBytes: 1_000 }));
  const hashes: string[] = [];
  for (const title of HOSTILE_TEXTS)
    hashes.push(
      await stage.add({
        ...{ title, files: [{ path: "a", sizeBytes: 1_000 }], pricePerGiB: 1_000_000n },
        tags: [title.slice(0, 40)],
      }),
    );
  const many = await stage.addWithFiles("all of them as files", files);
  const site = await stage.listen();
  await using watched = await openPage(browser, site, {});
  const { page, offences } = watched;
  const texts = (selector: string): Promise<(string | null)[]> =>
    page.locator(selector).evaluateAll((all) => all.map((one) => one.textContent));
  const judge = async (place: string, text: string, isShown: boolean): Promise<void> => {
    tally.hostileCases++;
    tally.check(isShown && offences.length === 0, `${place}: ${JSON.stringify(text)} ${offences.splice(0).join("; ")}`);
  };

  const listed = new Set<string | null>();
  for (const number of [1, 2]) {
    await page.goto(`${site}/?page=${number}`);
    for (const title of await texts(".contents th a")) listed.add(title);
  }
  for (const text of HOSTILE_TEXTS) await judge("title in the list", text, listed.has(shown(text)));

  for (const [i, text] of HOSTILE_TEXTS.entries()) {
    await page.goto(`${site}/contents/${hashes[i]}`);
    const [heading] = await texts("h1");
    const name = await page.title();
    await judge("title of the page", text, heading === shown(text) && name.startsWith(shown(text).trim().slice(0, 3)));
    const [tag] = await texts(".tags a");
    await judge("tag of a content", text, tag === shown(text.slice(0, 40)));
  }

  await page.goto(`${site}/contents/${many}`);
  const named = await texts(".files tbody th");
  for (const [i, text] of HOSTILE_TEXTS.entries())
    await judge("name of a file", text, named[i] === shown(files[i]?.path as string));

  for (const text of HOSTILE_TEXTS) {
    const tag = text.slice(0, 40);
    await page.goto(`${site}/?q=${encodeURIComponent(text)}&tag=${encodeURIComponent(tag)}`);
    const kept = await page.locator("#q").inputValue();
    const [chosen] = await texts(".tags [aria-current]");
    await judge("a tag to look for", text, chosen === shown(tag));
    await judge("search", text, kept === shown(text.trim()));
  }

  for (const text of HOSTILE_TEXTS) {
    const answer = await page.goto(`${site}/${encodeURIComponent(text)}`);
    await judge("address", text, answer?.status() === 404 && (await page.locator("h1").count()) === 1);
  }

  for (const text of HOSTILE_TEXTS) {
    const { body } = await stage.server.inject("/feed.atom");
    await judge("feed", text, !/<script|<img|<svg|<iframe/i.test(body) && body.includes("<entry>"));
  }
}
