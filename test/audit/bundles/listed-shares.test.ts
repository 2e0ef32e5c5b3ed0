import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSignedListings, trustListings } from "../../../audit/bundles/format/signed-listings.ts";
import { domainSeparatorOf } from "../../../audit/signatures/signatures.ts";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { hashListing } from "../../../protocol/signed/listing.ts";
import { examine } from "../../../scripts/tamper/examine.ts";
import { type AllotmentLine, linesOfKind } from "../../../scripts/tamper/kinds/bundle-places.ts";
import { observeBundles } from "../../../scripts/tamper/observe.ts";
import { type Recording, record } from "../../../scripts/tamper/recording.ts";

const publisher = privateKeyToAccount(`0x${"5a".repeat(32)}`);

let recording: Recording;
let directory: string;
beforeAll(async () => {
  recording = await record("fifth");
  directory = mkdtempSync(join(tmpdir(), "floodgate-listings-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const domain = () => domainSeparatorOf(recording.rules);

/** A line as the authority's API has it. */
async function lineOf(infoHash: string, change: object = {}): Promise<string> {
  const listing = {
    ...{ publisher: parseAddress(publisher.address), infoHash, title: "Lied", description: "ü", tags: ["a", "b"] },
    ...{ licence: "", pricePerGiB: 1_000_000n, sharePercent: 20, replaces: null, signedAt: 1_800_000_000 },
  };
  const signature = await publisher.sign({ hash: bytesToHex(hashListing(hexToBytes(domain()) as never, listing)) });
  const { title, description, tags, licence, replaces, signedAt } = listing;
  const said = { title, description, tags, licence, replaces, signedAt, signature };
  const { pricePerGiB, sharePercent } = listing;
  const whole = { infoHash, publisher: listing.publisher, pricePerGiB: `${pricePerGiB}`, sharePercent, listing: said };
  return JSON.stringify({ ...whole, ...change });
}

async function read(...lines: string[]) {
  const path = join(directory, "listings.jsonl");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return trustListings(domain(), await readSignedListings(path));
}

test("a content whose publisher has signed a share, and that no share was allotted for, is found", async () => {
  const [first] = linesOfKind<AllotmentLine>(recording, "allotment");
  const infoHash = String(first?.line.infoHash).replace(/^0x/, "");
  const { shares: listed, unsigned } = await read(await lineOf(infoHash));
  expect(unsigned).toBe(0);
  expect([...listed.values()]).toEqual([{ publisher: publisher.address, toPublisher: 200_000n, toSeller: 800_000n }]);
  const found = async (options: object) => {
    const checks = await observeBundles(recording, options);
    return (await examine(recording, async () => [checks])).findings.map(({ name }) => name);
  };
  expect(await found({})).toEqual([]);
  expect(new Set(await found({ listed }))).toEqual(new Set(["share"]));
});

test("what the publisher's key has not signed counts nothing, and is told", async () => {
  const id = "ab".repeat(20);
  for (const change of [{ sharePercent: 50 }, { pricePerGiB: "1" }, { infoHash: "cd".repeat(20) }])
    expect(await read(await lineOf(id, change))).toMatchObject({ unsigned: 1, shares: new Map() });
  const checks = await observeBundles(recording, { unsigned: 3 });
  const { notChecked } = await examine(recording, async () => [checks]);
  expect(notChecked.map(({ sentence }) => sentence)).toContainEqual(expect.stringMatching(/^3 listings are signed by/));
});

test.each(["junk", "{}", "null", '{"listing":{}}'])("a line like %s is refused, with its number", async (line) => {
  await expect(read(await lineOf("ab".repeat(20)), line)).rejects.toMatchObject({
    code: "LISTING_INVALID",
    message: expect.stringMatching(/has a line 2 that is no content/),
  });
});
