import { createHash } from "node:crypto";
import bencode from "bencode";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerAnnounces } from "../../../../authority/allotments/answer-announce.ts";
import { createBundleTorrent } from "../../../../authority/bundles/bundle-torrent.ts";
import type { Server } from "../../../../authority/http/routes/route.ts";
import { settleReady } from "../../../../authority/settlement/settle.ts";
import { insertBundle } from "../../../../authority/store/tables/bundles.ts";
import { insertTorrent } from "../../../../authority/store/tables/torrents.ts";
import { search } from "../../../../authority/torrents/repository.ts";
import type { Hex } from "../../../../protocol/base/bytes.ts";
import { parseMetainfo } from "../../../../protocol/bittorrent/metainfo.ts";
import type { Bundles } from "../../../../protocol/http/bundles.ts";
import { readBundle } from "../../../support/read-bundle.ts";
import { accountOf, TestAuthority } from "../../support/context.ts";
import { CONTENT, grantLanes, pushVoucher } from "../../support/lanes.ts";
import { serve } from "../../support/serve.ts";

const NEWEST = Number.MAX_SAFE_INTEGER;

let authority: TestAuthority;
let server: Server;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  server = await serve(authority.context, ["https://t.example", "http://t.example"]);
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

/** A batch with its bundle; returns the bundle's name. */
async function settleOne(): Promise<string> {
  const payer = await authority.session(accountOf(1), 11);
  const payee = await authority.session(accountOf(21), 21);
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  const [lane] = await grantLanes(authority, payer, [payee]);
  await pushVoucher(authority, { payer, payee }, lane?.lane ?? 0, 500n);
  authority.now += 7;
  await settleReady(authority.context);
  const { bundles } = (await server.inject("/v1/bundles")).json() as Bundles;
  return bundles[0]?.name ?? "";
}

/** Puts a bundle of `body` at the end of the store. */
async function store(name: Hex, body: Uint8Array): Promise<void> {
  const { db } = authority.context.store;
  const torrent = createBundleTorrent(name, body, "http://127.0.0.1:2/announce");
  await insertTorrent(db, { ...torrent, publisher: accountOf(9), publishedAt: 1 });
  const { infoHash } = torrent;
  await insertBundle(db, { name, previous: hashOf(0), batchId: null, body, infoHash, lastLane: 0, createdAt: 1 });
}

const hashOf = (number: number): Hex => `0x${number.toString(16).padStart(64, "0")}`;

describe("a bundle", () => {
  test("is served as it is stored, and may be cached without limit", async () => {
    const name = await settleOne();
    const { statusCode, headers, rawPayload } = await server.inject(`/v1/bundles/${name}`);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "application/jsonl",
      "cache-control": "public, max-age=31536000, immutable",
      "accept-ranges": "bytes",
      "content-length": String(rawPayload.length),
    });
    expect(readBundle(rawPayload).name).toBe(name);
  });

  test("is served in parts, as web seeds want", async () => {
    await store(hashOf(1), Buffer.from("0123456789"));
    const parts = [
      ["bytes=0-3", 206, "bytes 0-3/10", "0123"],
      ["bytes=4-", 206, "bytes 4-9/10", "456789"],
      ["bytes=-2", 206, "bytes 8-9/10", "89"],
      ["bytes=9-100", 206, "bytes 9-9/10", "9"],
      ["bytes=10-", 416, "bytes */10", ""],
      ["lines=1-2", 200, undefined, "0123456789"],
    ] as const;
    for (const [range, ...expected] of parts) {
      const { statusCode, headers, body } = await server.inject({
        url: `/v1/bundles/${hashOf(1)}`,
        headers: { range },
      });
      expect([statusCode, headers["content-range"], body], range).toEqual(expected);
    }
  });

  test.each(["", "/metainfo"])(
    "that the authority never made is a problem with status 404: /v1/bundles/NAME%s",
    async (suffix) => {
      const reply = await server.inject(`/v1/bundles/${hashOf(7)}${suffix}`);
      expect(reply.headers["content-type"]).toMatch(/^application\/problem\+json/);
      const detail = expect.stringContaining(hashOf(7));
      expect(reply.json()).toMatchObject({ status: 404, code: "BUNDLE_UNKNOWN", detail });
    },
  );

  test("has a name of one form only", async () => {
    for (const name of ["0x12", hashOf(7).toUpperCase(), `${hashOf(7)}0`, "..%2Flanes"]) {
      const reply = await server.inject(`/v1/bundles/${name}`);
      expect(reply.json(), name).toMatchObject({ status: 400, code: "REQUEST_INVALID" });
    }
  });
});

test("a .torrent file that is not published is a problem with status 404", async () => {
  const reply = await server.inject(`/v1/torrents/${"77".repeat(20)}/metainfo`);
  expect(reply.json()).toMatchObject({ status: 404, code: "TORRENT_UNKNOWN" });
});

describe("the list", () => {
  test("is empty at first", async () => {
    expect((await server.inject("/v1/bundles")).json()).toEqual({ bundles: [], cursor: null });
  });

  test("names the newest first, page by page", async () => {
    for (let number = 1; number <= 51; number++) await store(hashOf(number), Buffer.from(`bundle ${number}`));
    const first = (await server.inject("/v1/bundles")).json() as Bundles;
    expect(first.bundles).toHaveLength(50);
    expect(first.bundles[0]).toEqual({ name: hashOf(51), previous: hashOf(0), batch: null, bytes: 9 });
    const second = (await server.inject(`/v1/bundles?cursor=${first.cursor}`)).json();
    expect(second).toEqual({
      bundles: [{ name: hashOf(1), previous: hashOf(0), batch: null, bytes: 8 }],
      cursor: null,
    });
  });

  test("refuses a cursor that it did not give out", async () => {
    expect((await server.inject("/v1/bundles?cursor=newest")).json()).toMatchObject({ code: "CURSOR_INVALID" });
  });
});

describe("a bundle's torrent", () => {
  test("is free, of the authority's tracker, and has the authority itself as a web seed", async () => {
    const name = await settleOne();
    const [torrent, bundle] = await Promise.all(
      ["/metainfo", ""].map((suffix) => server.inject(`/v1/bundles/${name}${suffix}`)),
    );
    expect(torrent?.headers["content-type"]).toBe("application/x-bittorrent");
    const metainfo = torrent?.rawPayload ?? Buffer.alloc(0);
    const body = bundle?.rawPayload ?? Buffer.alloc(0);
    expect(parseMetainfo(metainfo)).toMatchObject({
      sizeBytes: body.length,
      pieceCount: 1,
      isSingleFile: true,
      isPrivate: false,
      trackerUrl: "http://127.0.0.1:2/announce",
      foreignSources: ["url-list"],
    });
    const { info, "url-list": seeds } = bencode.decode(metainfo) as {
      info: { name: Uint8Array; pieces: Uint8Array };
      "url-list": Uint8Array[];
    };
    expect(Buffer.from(info.name).toString()).toBe(`${name}.jsonl`);
    expect(Buffer.from(info.pieces)).toEqual(createHash("sha1").update(body).digest());
    expect(seeds.map((url) => Buffer.from(url).toString())).toEqual([
      `https://t.example/v1/bundles/${name}`,
      `http://t.example/v1/bundles/${name}`,
    ]);
  });

  test("hashes piece by piece what is longer than a piece", () => {
    const body = Buffer.alloc(256 * 1024 + 1, 7);
    const { metainfo } = createBundleTorrent(hashOf(1), body, "http://127.0.0.1:2/announce");
    const { info } = bencode.decode(metainfo) as { info: { pieces: Uint8Array } };
    const sha1 = (bytes: Buffer) => createHash("sha1").update(bytes).digest();
    expect(Buffer.from(info.pieces)).toEqual(
      Buffer.concat([sha1(body.subarray(0, 256 * 1024)), sha1(body.subarray(256 * 1024))]),
    );
  });

  test("is known to the tracker, and in no search", async () => {
    const name = await settleOne();
    const metainfo = (await server.inject(`/v1/bundles/${name}/metainfo`)).rawPayload;
    const { infoHash } = parseMetainfo(metainfo);
    const stranger = { infoHash, bytesLeft: 1, session: null, request: null, payees: [] };
    const { answers } = await answerAnnounces(authority.context, [{ ...stranger, event: "started" }]);
    expect(answers).toMatchObject([{ isKnown: true, isPaid: false }]);
    const found = await Promise.all(
      ["", "audit", name].map((query) => search(authority.context, query === "" ? {} : { query }, NEWEST)),
    );
    expect(found.map(({ torrents }) => torrents.map((torrent) => torrent.infoHash))).toEqual([[CONTENT], [], []]);
  });
});
