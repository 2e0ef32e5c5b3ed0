import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findListedTorrent } from "../../../authority/store/views/listed-torrents.ts";
import { createSwarmWatch, readScrape, scrapeUrlOf } from "../../../authority/torrents/swarm-watch.ts";
import { TestAuthority } from "../support/context.ts";

const hashOf = (i: number): string => i.toString(16).padStart(40, "0");

describe("the scrape URL of a tracker", () => {
  test.each([
    ["http://t.example/announce", "http://t.example/scrape"],
    ["https://t.example:8/a/announce.php?x=1", "https://t.example:8/a/scrape.php?x=1"],
    ["http://t.example/a", null],
    ["http://t.example/announce/a", null],
    ["ws://t.example/announce", null],
  ])("of %s is %s", (announce, scrape) => {
    expect(scrapeUrlOf(announce)).toBe(scrape);
  });
});

describe("a scrape", () => {
  const key = Buffer.from(hashOf(7), "hex").toString("latin1");
  const reply = (swarm: string): Buffer => Buffer.from(`d5:filesd20:${key}${swarm}ee`, "latin1");

  test("says who is in which swarm", () => {
    const counts = readScrape(reply("d8:completei3e10:downloadedi9e10:incompletei5ee"));
    expect([...counts.values()]).toEqual([{ infoHash: hashOf(7), seeders: 3, leechers: 5 }]);
  });

  test.each(["de", "i7e", "d8:completei-3e10:incompletei99999999999ee"])("%s counts nobody", (swarm) => {
    const [count] = [...readScrape(reply(swarm)).values()];
    expect(count ?? { seeders: 0, leechers: 0 }).toMatchObject({ seeders: 0, leechers: 0 });
  });
});

describe("the watch of swarms", () => {
  let authority: TestAuthority;
  beforeEach(async () => {
    authority = await new TestAuthority().start();
  });
  afterEach(() => authority.stop());

  test("asks for the newest, then around, at its pace, and stores what has changed", async () => {
    const asked: string[][] = [];
    await using tracker = await startTracker((hashes) => asked.push(hashes));
    for (let i = 1; i <= 70; i++) await authority.publish(hashOf(i));
    let now = 0;
    const config = { ...authority.context.config, trackerUrl: tracker.url };
    const watch = createSwarmWatch({ ...authority.context, config }, () => now);
    await watch();
    await watch();
    expect(asked.map(({ length }) => length)).toEqual([64]);
    expect(asked[0]?.[0]).toBe(hashOf(70));
    now += 5_000;
    await watch();
    now += 5_000;
    await watch();
    expect(asked.map(({ length }) => length)).toEqual([64, 6, 64]);
    const { db } = authority.context.store;
    expect(await findListedTorrent(db, hashOf(70))).toMatchObject({ seeders: 70, leechers: 1 });
    expect(await findListedTorrent(db, hashOf(1))).toMatchObject({ seeders: 1, leechers: 1 });
  });

  test("keeps what it knows while the tracker is away", async () => {
    await authority.publish(hashOf(1));
    const watch = createSwarmWatch(authority.context, () => 0);
    await expect(watch()).resolves.toBeUndefined();
  });
});

/** Every torrent has as many seeders as its number, and one leecher. */
async function startTracker(onScrape: (hashes: string[]) => void): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    const hashes = [...(request.url ?? "").matchAll(/info_hash=((?:%[0-9a-f]{2}){20})/g)].map(([, hex]) =>
      (hex as string).replaceAll("%", ""),
    );
    onScrape(hashes);
    const files = hashes.toSorted().map((hash) => {
      const key = Buffer.from(hash, "hex").toString("latin1");
      return `20:${key}d8:completei${Number.parseInt(hash, 16)}e10:incompletei1ee`;
    });
    response.end(Buffer.from(`d5:filesd${files.join("")}ee`, "latin1"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the tracker does not listen");
  return {
    url: `http://127.0.0.1:${address.port}/announce`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
