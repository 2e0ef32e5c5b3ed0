import type { Page } from "playwright-core";

/** What Chromium's parser makes of an answer. */
export interface ParsedPage {
  /** Each element's name and its attributes' names, without doubles. */
  readonly kinds: readonly string[];
  /** Whatever may be loaded, opened or sent to. */
  readonly addresses: readonly string[];
  readonly name: string;
  readonly heading: string | null;
  readonly titles: readonly string[];
  readonly tags: readonly string[];
  readonly chosen: string | null;
  readonly files: readonly string[];
  readonly sought: string | null;
}

const PARSE = `(text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const all = [...page.querySelectorAll("*")];
  const texts = (selector) => [...page.querySelectorAll(selector)].map((one) => one.textContent);
  const kindOf = (one) => one.localName + "[" + [...one.attributes].map(({ name }) => name).sort().join() + "]";
  const links = ["href", "src", "action", "formaction", "data", "srcset", "poster", "ping", "xlink:href"];
  return {
    kinds: [...new Set(all.map(kindOf))],
    addresses: all.flatMap((one) => links.map((name) => one.getAttribute(name)).filter((value) => value !== null)),
    name: page.title,
    heading: texts("h1")[0] ?? null,
    titles: texts(".contents th a"),
    tags: texts(".tags a"),
    chosen: texts(".tags [aria-current]")[0] ?? null,
    files: texts(".files tbody th"),
    sought: page.querySelector("#q")?.value ?? null,
  };
}`;

/** Parses pages as a browser does that opens them; nothing of them runs. */
export async function parsePages(page: Page, bodies: readonly string[]): Promise<ParsedPage[]> {
  return (await page.evaluate(`${JSON.stringify(bodies)}.map(${PARSE})`)) as ParsedPage[];
}
