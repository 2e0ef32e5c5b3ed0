import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBundleSource } from "../../../../audit/bundles/bundle-source.ts";
import { BUNDLE_FORMS, type BundleLine } from "../../../../audit/bundles/format/bundle-format.ts";
import { readHeldVouchers } from "../../../../audit/bundles/format/held-vouchers.ts";
import { readLine } from "../../../../audit/bundles/format/json-line.ts";
import { type BodyLine, readBundle } from "../../../../audit/bundles/format/read-bundle.ts";
import { FileFault, textLines } from "../../../../audit/bundles/format/text-lines.ts";
import { nameOf, toJsonLines } from "../../../../scripts/tamper/play/bundle.ts";

const CONTRACT = `0x${"c0".repeat(20)}` as const;
const PAYER = `0x${"a1".repeat(20)}`;
const RULES = { chainId: 31_337n, contract: CONTRACT };

const HEADER: BundleLine = {
  kind: "bundle",
  version: 1,
  chainId: 31_337,
  contract: CONTRACT,
  previous: `0x${"00".repeat(32)}`,
  block: 5,
  time: 1_000,
};
const VOUCHER: BundleLine = {
  kind: "voucher",
  payer: PAYER,
  lane: 3,
  amount: "12",
  signature: `0x${"51".repeat(64)}`,
  receivedAt: 999,
};
const OMITTED: BundleLine = { ...VOUCHER, kind: "omitted", lane: 4, reason: "WAITING" };
const endOf = (allotments: number, vouchers: number, statements: number, omitted: number): BundleLine => {
  return { kind: "end", allotments, vouchers, statements, omitted };
};
const GOOD: readonly BundleLine[] = [HEADER, VOUCHER, OMITTED, endOf(0, 1, 0, 1)];

async function* once(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Its lines but header and end, or what is wrong with it. */
async function read(bytes: Uint8Array, name = nameOf(bytes)): Promise<BodyLine[] | string> {
  const lines: BodyLine[] = [];
  const sink = { header: () => undefined, take: (line: BodyLine) => lines.push(line) };
  try {
    await readBundle(once(bytes, 7), name, RULES, sink);
    return lines;
  } catch (error) {
    if (error instanceof FileFault) return error.message;
    throw error;
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (lines: readonly BundleLine[]): string => new TextDecoder().decode(toJsonLines(lines));

describe("a bundle", () => {
  test("is read in pieces of any size", async () => {
    expect(await read(toJsonLines(GOOD))).toEqual([VOUCHER, OMITTED]);
  });

  test("of protocol's own test vector is read under its name", async () => {
    const lines = [
      `{"kind":"bundle","version":1,"chainId":31337,"contract":"0x${"c0".repeat(20)}","previous":"0x${"0".repeat(64)}","block":98,"time":1700000000}`,
      `{"kind":"allotment","payer":"0x${"aa".repeat(20)}","payee":"0x${"bb".repeat(20)}","sessionKey":"0x${"a5".repeat(20)}","payeeKey":"0x${"b5".repeat(20)}","lane":4294967295,"cap":"79228162514264337593543950335","pricePerGiB":"1000000","credit":131072,"infoHash":"${"cd".repeat(20)}","expiresAt":1700000120,"signature":"0x${"01".repeat(64)}","issuedAtBlock":97,"issuedAt":1699999999}`,
      `{"kind":"voucher","payer":"0x${"aa".repeat(20)}","lane":1,"amount":"500","signature":"0x${"02".repeat(64)}","receivedAt":1700000001}`,
      `{"kind":"statement","payer":"0x${"aa".repeat(20)}","sessionKey":"0x${"a5".repeat(20)}","signature":"0x${"03".repeat(64)}","lanes":[1,2,300]}`,
      `{"kind":"omitted","payer":"0x${"aa".repeat(20)}","lane":7,"amount":"1","signature":"0x${"04".repeat(64)}","receivedAt":1700000002,"reason":"DUST"}`,
      '{"kind":"end","allotments":1,"vouchers":1,"statements":1,"omitted":1}',
    ];
    const bytes = bytesOf(`${lines.join("\n")}\n`);
    expect(nameOf(bytes)).toBe("0xc85aeb11d8f85663fda5fc2a67a3bfd55b8e1dc2dfee8c019ace668ef8010601");
    expect(await read(bytes)).toHaveLength(4);
  });

  test.each<readonly [string, readonly BundleLine[], string]>([
    ["without a header", GOOD.slice(1), "a line 1 of kind voucher where none may be"],
    ["with two headers", [HEADER, ...GOOD], "a line 2 of kind bundle where none may be"],
    ["with lines behind its end", [...GOOD, VOUCHER], "a line 5 of kind voucher where none may be"],
    ["with sections in another order", [HEADER, OMITTED, VOUCHER, endOf(0, 1, 0, 1)], "a line 3 of kind voucher"],
    ["without an end", GOOD.slice(0, 3), "is cut off: it has no end line"],
    ["with other counts than it says", [HEADER, VOUCHER, endOf(0, 2, 0, 0)], "does not have the numbers of lines"],
    ["of nothing", [], "is cut off: it has no end line"],
    ["of another chain", [{ ...HEADER, chainId: 1 }, endOf(0, 0, 0, 0)], "is of chain 1, not 31337"],
  ])("%s is refused", async (_what, lines, says) => {
    expect(await read(toJsonLines(lines))).toContain(says);
  });

  test("of another name is refused", async () => {
    expect(await read(toJsonLines(GOOD), nameOf(bytesOf("other")))).toContain("which is not its name");
  });

  test("that is cut anywhere is refused", async () => {
    const bytes = toJsonLines(GOOD);
    for (let end = 0; end < bytes.length; end++)
      expect(await read(bytes.slice(0, end)), `after ${end} bytes`).toMatch(/is cut off/);
  });

  test("that is not written in the one way is refused", async () => {
    const good = textOf(GOOD);
    const changes: readonly (readonly [string, string])[] = [
      [good.replace('"lane":3', '"lane": 3'), "is not spelled in the one way"],
      [good.replace('"lane":3', '"lane":3e0'), "is not spelled in the one way"],
      [good.replace('"lane":3', '"lane":3,"lane":3'), "is not spelled in the one way"],
      [good.replace('"lane":3', '"\\u006cane":3'), "is not spelled in the one way"],
      [`\ufeff${good}`, "is no JSON object"],
      [good.replace("\n", "\r\n"), "is not spelled in the one way"],
      [good.replace('"lane":3,"amount":"12"', '"amount":"12","lane":3'), "has the keys kind,payer,amount,lane"],
      [good.replace('"lane":3,', ""), "has the keys kind,payer,amount"],
      [good.replace('"lane":3', '"lane":3,"__proto__":{}'), "has the keys kind,payer,lane,__proto__"],
      [good.replace('"lane":3', '"lane":4294967296'), "has a wrong lane"],
      [good.replace('"lane":3', '"lane":-1'), "has a wrong lane"],
      [good.replace('"12"', '"012"'), "has a wrong amount"],
      [good.replace('"12"', `"${2n ** 96n}"`), "has a wrong amount"],
      [good.replace('"12"', "12"), "has a wrong amount"],
      [good.replace("a1a1", "A1a1"), "has a wrong payer"],
      [good.replace("5151", "51"), "has a wrong signature"],
      [good.replace("WAITING", "waiting"), "has a wrong reason"],
      [good.replace('"version":1', '"version":2'), "has a wrong version"],
      [good.replace('"kind":"voucher"', '"kind":"toString"'), 'is of the unknown kind "toString"'],
      [good.replace(/{"kind":"voucher".*?}/, "[]"), "is no JSON object with a kind"],
      [good.replace(/{"kind":"voucher".*?}/, "[".repeat(20_000)), "is no JSON object with a kind"],
    ];
    for (const [text, says] of changes) expect(await read(bytesOf(text)), text.slice(0, 400)).toContain(says);
  });

  test("that is no UTF-8 is refused", async () => {
    const bytes = toJsonLines(GOOD);
    bytes[3] = 0xff;
    expect(await read(bytes)).toBe("is no UTF-8 text");
  });
});

test("a statement's lanes ascend", () => {
  const line = (lanes: unknown): string =>
    JSON.stringify({ kind: "statement", payer: PAYER, sessionKey: PAYER, signature: `0x${"51".repeat(64)}`, lanes });
  expect(readLine(line([1, 2]), BUNDLE_FORMS)).toMatchObject({ lanes: [1, 2] });
  for (const lanes of [[], [2, 1], [1, 1], ["1"], { length: 1 }, null])
    expect(readLine(line(lanes), BUNDLE_FORMS)).toBe("has a wrong lanes");
});

describe("lines have limits:", () => {
  const limits = { file: 20, line: 5 };
  const all = async (text: string, size: number): Promise<string[]> =>
    allOf(textLines(once(bytesOf(text), size), limits));

  test.each([1, 3, 100])("those within them are read, %d bytes at a time", async (size) => {
    expect(await all("12345\n\n123\n", size)).toEqual(["12345", "", "123"]);
  });

  test.each([
    ["a line too long", "123456\n", "has a line that is longer than 5 bytes"],
    ["a line that never ends", "1234567890123456", "has a line that is longer than 5 bytes"],
    ["a file too long", "1234\n1234\n1234\n1234\n1", "is larger than 20 bytes"],
    ["a last line without its end", "123\n12", "is cut off in the middle of a line"],
  ])("%s is refused", async (_what, text, says) => {
    for (const size of [1, 3, 100]) await expect(all(text, size)).rejects.toThrow(says);
  });
});

describe("bundles", () => {
  const bytes = toJsonLines(GOOD);
  const { signal } = new AbortController();
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "floodgate-bundles-"));
    await writeFile(join(directory, `${nameOf(bytes)}.jsonl`), bytes);
  });
  afterAll(() => rm(directory, { recursive: true }));

  const collect = async (chunks: AsyncIterable<Uint8Array> | null): Promise<string | null> =>
    chunks === null ? null : Buffer.concat(await allOf(chunks)).toString();

  test("come from a directory", async () => {
    const source = await openBundleSource(directory, signal);
    expect(await collect(await source.open(nameOf(bytes)))).toBe(textOf(GOOD));
    expect(await source.open(nameOf(bytesOf("other")))).toBeNull();
  });

  test("come from a server", async () => {
    const server = createServer((request, response) => {
      const isThere = request.url === `/t/v1/bundles/${nameOf(bytes)}`;
      response.writeHead(isThere ? 200 : request.url?.endsWith("00") ? 500 : 404).end(isThere ? bytes : "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const source = await openBundleSource(`http://127.0.0.1:${port}/t/`, signal);
      expect(await collect(await source.open(nameOf(bytes)))).toBe(textOf(GOOD));
      expect(await source.open(`0x${"11".repeat(32)}`)).toBeNull();
      await expect(source.open(`0x${"00".repeat(32)}`)).rejects.toMatchObject({ code: "EVIDENCE_UNREACHABLE" });
    } finally {
      server.close();
    }
  });

  test("that cannot be reached are an error", async () => {
    const source = await openBundleSource("http://127.0.0.1:1", signal);
    await expect(source.open(nameOf(bytes))).rejects.toMatchObject({ code: "EVIDENCE_UNREACHABLE" });
    await expect(openBundleSource(join(directory, "nowhere"), signal)).rejects.toMatchObject({
      code: "EVIDENCE_INVALID",
    });
  });

  test("and files of vouchers are refused with the line that is wrong", async () => {
    const path = join(directory, "held.jsonl");
    await writeFile(path, '{"kind":"held"}\n');
    await expect(readHeldVouchers(path)).rejects.toMatchObject({
      code: "VOUCHERS_INVALID",
      message: expect.stringContaining("has a line 1 that has the keys kind, not kind,payer"),
    });
    await expect(readHeldVouchers(join(directory, "none"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });
});
