import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONTENTS } from "./support/contents.ts";
import { SITE, Stage } from "./support/stage.ts";

const titlesOf = (page: string): string[] =>
  [...page.matchAll(/<th scope="row"><a [^>]*>([^<]*)</g)].map(([, title]) => title as string);

const get = async (stage: Stage, url: string) => {
  const answer = await stage.server.inject({ url, headers: { accept: "text/html" } });
  return { status: answer.statusCode, headers: answer.headers, text: answer.body };
};

describe("the repository's pages", () => {
  let stage: Stage;
  const hashes: string[] = [];
  beforeAll(async () => {
    stage = await Stage.open();
    for (const content of CONTENTS) hashes.push(await stage.add(content));
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test.each([
    ["/", ["genomes-1000-chr22.vcf.gz", "हिन्दी", "ألف ليلة", "A title"]],
    ["/?sort=seeders", ["Debian 12.9", "Big Buck Bunny"]],
    ["/?sort=size", ["OpenStreetMap", "Common Voice"]],
    ["/?sort=price", ["Free lectures", "A title"]],
    ["/?q=bunny+4K", ["Big Buck Bunny"]],
    ["/?q=%E5%9C%B0%E5%9B%B3", ["日本の古い地図"]],
    ["/?q=e&sort=size", ["OpenStreetMap"]],
    // What publishers have signed as tags.
    ["/?tag=maps", ["日本の古い地図", "OpenStreetMap"]],
    ["/?tag=maps&sort=size", ["OpenStreetMap", "日本の古い地図"]],
    ["/?q=bunny&tag=video", ["Big Buck Bunny"]],
    ["/?q=lectures", ["Free lectures"]],
  ])("%s lists in its order", async (url, first) => {
    const { status, text } = await get(stage, url);
    expect(status).toBe(200);
    const titles = titlesOf(text);
    for (const [i, start] of first.entries()) expect(titles[i]).toMatch(new RegExp(`^${start}`));
  });

  test("a search keeps its order, and says what it looked for", async () => {
    const { text } = await get(stage, "/?q=E&sort=price");
    expect(text).toContain('name="sort" value="price"');
    expect(text).toContain('href="/?q=E&amp;sort=size"');
    expect(text).toContain('<meta name="robots" content="noindex, follow">');
  });

  test("tags lead to their contents and nowhere else, and what is signed says so", async () => {
    const { text } = await get(stage, "/?tag=maps&sort=size");
    expect(titlesOf(text)).toHaveLength(2);
    expect(text).toContain("2 contents tagged <q>maps</q>");
    expect(text).toContain('name="tag" value="maps"');
    expect(text).toMatch(/href="\/\?sort=size" aria-current="true"[^>]*><bdi>maps/);
    expect(text.match(/✓<\/span> signed/g)).toHaveLength(2);
    expect((await get(stage, "/?tag=map")).text).toContain("Nothing is tagged <q>map</q>");
    const content = (await get(stage, `/contents/${hashes[1]}`)).text;
    expect(content).toContain('<a href="/?tag=open+movie" rel="tag"><bdi>open movie</bdi></a>');
    expect(content).toMatch(/✓<\/span> signed<\/span> by that account/);
    // Nobody has signed this one.
    expect((await get(stage, `/contents/${hashes[4]}`)).text).toContain("no: only this page says so");
    expect((await get(stage, "/feed.atom")).text).toContain('<category term="open movie"/>');
  });

  test("a content shows its files, pieces, price as a whole, swarm and ways to get it", async () => {
    const { status, text } = await get(stage, `/contents/${hashes[1]}`);
    expect(status).toBe(200);
    // 691 MiB at 0.50 per GiB, of which 2 % is the operator's.
    for (const part of [
      "bbb_sunflower_2160p_60fps.mp4",
      "173 of 4.0 MiB",
      '0.33<span class="fine">7402',
      '0.33<span class="fine">0654',
      '0.00<span class="fine">6748',
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/12<\/span> seeders.*7<\/span> leechers/);
    expect(text).toContain(`floodgate get ${hashes[1]} --out .`);
    expect(text).toContain(`href="/v1/torrents/${hashes[1]}/metainfo"`);
    expect(text).toContain(
      `href="magnet:?xt=urn:btih:${hashes[1]}&amp;dn=Big%20Buck%20Bunny%2C%204K%2060%20fps&amp;tr=`,
    );
    expect(text).toContain(`<link rel="canonical" href="${SITE}/contents/${hashes[1]}">`);
    expect(text).toContain('<meta property="og:title" content="Big Buck Bunny, 4K 60 fps - Floodgate">');
  });

  test("free content says so", async () => {
    const { text } = await get(stage, `/contents/${hashes[3]}`);
    expect(text).toContain('<span class="free">free</span>');
    expect(titlesOf(text)).toHaveLength(0);
    expect(text.match(/lecture\.webm/g)).toHaveLength(24);
  });

  test.each([
    ["/?page=0", 400, "REQUEST_INVALID"],
    ["/?page=x", 400, "REQUEST_INVALID"],
    ["/?sort=newest", 400, "REQUEST_INVALID"],
    [`/?q=${"a".repeat(201)}`, 400, "REQUEST_INVALID"],
    ["/?page=7", 404, "There is no page 7"],
    ["/contents/1234", 400, "INFOHASH_INVALID"],
    [`/contents/${"ab".repeat(20)}`, 404, "TORRENT_UNKNOWN"],
    ["/nowhere", 404, "There is no page at /nowhere"],
    ["/%3Cscript%3E", 404, "There is no page at /%3Cscript%3E"],
  ])("%s is answered with %i, as a page", async (url, status, part) => {
    const answer = await get(stage, url);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.text).toContain(part);
  });

  test("programs get problems, as before", async () => {
    const { headers } = await stage.server.inject("/nowhere");
    expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
  });

  test("the feed names the newest, by absolute addresses", async () => {
    const { headers, text } = await get(stage, "/feed.atom");
    expect(headers["content-type"]).toBe("application/atom+xml; charset=utf-8");
    expect(text.match(/<entry>/g)).toHaveLength(CONTENTS.length);
    expect(text).toContain(`<link rel="alternate" type="text/html" href="${SITE}/contents/${hashes.at(-1)}"/>`);
    expect(text.indexOf("genomes")).toBeLessThan(text.indexOf("Debian"));
  });

  test("robots may read pages, and nothing else", async () => {
    expect((await get(stage, "/robots.txt")).text).toContain("Disallow: /v1/");
  });

  test("the address that pages name is the configured one, whatever Host says", async () => {
    const { body } = await stage.server.inject({ url: "/feed.atom", headers: { host: "evil.example" } });
    expect(body).not.toContain("evil.example");
  });

  test("a page loads only what this authority serves, for ever under that name", async () => {
    const { text } = await get(stage, `/contents/${hashes[0]}`);
    const paths = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(new Set(paths).size).toBe(3);
    for (const path of paths) {
      const { statusCode, headers } = await stage.server.inject(path);
      expect(statusCode).toBe(200);
      expect(headers["cache-control"]).toMatch(/immutable/);
    }
  });

  test("every answer forbids frames, foreign scripts and guesses of its type", async () => {
    for (const url of ["/", "/nowhere", "/feed.atom", "/v1/torrents", `/v1/torrents/${hashes[0]}/metainfo`]) {
      const { headers } = await get(stage, url);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["content-security-policy"]).not.toContain("unsafe");
    }
    expect((await get(stage, "/")).headers["content-security-policy"]).toContain("require-trusted-types-for 'script'");
  });
});

describe("an empty repository", () => {
  test("says how to begin, and is no place for robots", async () => {
    await using stage = await Stage.open();
    const { status, text } = await get(stage, "/");
    expect(status).toBe(200);
    expect(text).toContain("Nothing is published here yet");
    expect(text).toContain("floodgate publish FILE");
    expect((await get(stage, "/feed.atom")).text).not.toContain("<entry>");
  });
});

describe("a repository of many", () => {
  test("leads to every content by pages, once, in each order", async () => {
    await using stage = await Stage.open();
    const count = 120;
    for (let i = 0; i < count; i++)
      await stage.add({
        title: `content ${i}`,
        files: [{ path: "a.bin", sizeBytes: 1024 * (1 + (i % 7)) }],
        pricePerGiB: BigInt((i % 5) * 1_000_000),
        seeders: i % 3,
      });
    for (const order of ["new", "seeders", "size", "price"]) {
      const pages = await Promise.all([1, 2, 3].map((page) => get(stage, `/?sort=${order}&page=${page}`)));
      const titles = pages.flatMap(({ text }) => titlesOf(text));
      expect(new Set(titles).size).toBe(count);
      expect(titles).toHaveLength(count);
      expect(pages[1]?.text).toContain("Page 2 of 3");
    }
  });
});
