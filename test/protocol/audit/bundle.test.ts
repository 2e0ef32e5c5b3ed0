import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type AuditBundle, bundleLines, NO_BUNDLE, nameBundle } from "../../../protocol/audit/bundle.ts";
import { spellHeldVoucher } from "../../../protocol/audit/held-voucher.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";

const address = (byte: string): Hex => `0x${byte.repeat(20)}`;
const bytes = (byte: number): Uint8Array => new Uint8Array(64).fill(byte);
const signature = (byte: number): Hex => `0x${byte.toString(16).padStart(2, "0").repeat(64)}`;

const ALLOTMENT = {
  payer: address("aa"),
  payee: address("bb"),
  sessionKey: address("a5"),
  payeeKey: address("b5"),
  lane: 4_294_967_295,
  cap: 79_228_162_514_264_337_593_543_950_335n,
  pricePerGiB: 1_000_000n,
  credit: 131_072,
  infoHash: "cd".repeat(20),
  expiresAt: 1_700_000_120,
};

const BUNDLE: AuditBundle = {
  header: { chainId: 31_337, contract: address("c0"), previous: NO_BUNDLE, block: 98, time: 1_700_000_000 },
  allotments: [{ ...ALLOTMENT, signature: signature(1), issuedAtBlock: 97, issuedAt: 1_699_999_999 }],
  vouchers: [{ payer: address("aa"), lane: 1, amount: 500n, signature: signature(2), receivedAt: 1_700_000_001 }],
  statements: [{ payer: address("aa"), sessionKey: address("a5"), signature: signature(3), lanes: [1, 2, 300] }],
  omitted: [
    {
      payer: address("aa"),
      lane: 7,
      amount: 1n,
      signature: signature(4),
      receivedAt: 1_700_000_002,
      reason: "DUST",
    },
  ],
};

const LINES = [
  `{"kind":"bundle","version":1,"chainId":31337,"contract":"0x${"c0".repeat(20)}","previous":"0x${"0".repeat(64)}","block":98,"time":1700000000}\n`,
  `{"kind":"allotment","payer":"0x${"aa".repeat(20)}","payee":"0x${"bb".repeat(20)}","sessionKey":"0x${"a5".repeat(20)}","payeeKey":"0x${"b5".repeat(20)}","lane":4294967295,"cap":"79228162514264337593543950335","pricePerGiB":"1000000","credit":131072,"infoHash":"${"cd".repeat(20)}","expiresAt":1700000120,"signature":"0x${"01".repeat(64)}","issuedAtBlock":97,"issuedAt":1699999999}\n`,
  `{"kind":"voucher","payer":"0x${"aa".repeat(20)}","lane":1,"amount":"500","signature":"0x${"02".repeat(64)}","receivedAt":1700000001}\n`,
  `{"kind":"statement","payer":"0x${"aa".repeat(20)}","sessionKey":"0x${"a5".repeat(20)}","signature":"0x${"03".repeat(64)}","lanes":[1,2,300]}\n`,
  `{"kind":"omitted","payer":"0x${"aa".repeat(20)}","lane":7,"amount":"1","signature":"0x${"04".repeat(64)}","receivedAt":1700000002,"reason":"DUST"}\n`,
  `{"kind":"end","allotments":1,"vouchers":1,"statements":1,"omitted":1}\n`,
];

describe("an audit bundle", () => {
  test("has one spelling, whatever the order of the fields in memory", () => {
    const [allotment] = BUNDLE.allotments;
    const reversed = Object.fromEntries(Object.entries(allotment ?? {}).toReversed()) as unknown as typeof allotment;
    expect([...bundleLines(BUNDLE)]).toEqual(LINES);
    expect([...bundleLines({ ...BUNDLE, allotments: reversed ? [reversed] : [] })]).toEqual(LINES);
  });

  test("is named by its SHA-256, as sha256sum prints it", () => {
    const body = new TextEncoder().encode(LINES.join(""));
    const name = "0xc85aeb11d8f85663fda5fc2a67a3bfd55b8e1dc2dfee8c019ace668ef8010601";
    expect(nameBundle(body)).toBe(name);
    expect(`0x${createHash("sha256").update(body).digest("hex")}`).toBe(name);
  });

  test("without content is a header and an end", () => {
    const empty = { ...BUNDLE, allotments: [], vouchers: [], statements: [], omitted: [] };
    const end = '{"kind":"end","allotments":0,"vouchers":0,"statements":0,"omitted":0}\n';
    expect([...bundleLines(empty)]).toEqual([LINES[0], end]);
  });

  test.each<[string, Partial<AuditBundle>]>([
    ["an address in upper case", { header: { ...BUNDLE.header, contract: `0x${"C0".repeat(20)}` } }],
    ["a name that is no hash", { header: { ...BUNDLE.header, previous: "0x00" } }],
    ["a block that is no whole number", { header: { ...BUNDLE.header, block: 1.5 } }],
    [
      "an infohash with 0x",
      {
        allotments: [
          { ...ALLOTMENT, infoHash: `0x${"c".repeat(38)}`, signature: signature(1), issuedAtBlock: 1, issuedAt: 1 },
        ],
      },
    ],
    ["a lane above 32 bits", { statements: [{ ...BUNDLE.statements[0], lanes: [2 ** 32] } as never] }],
    ["an amount above 96 bits", { vouchers: [{ ...BUNDLE.vouchers[0], amount: 1n << 96n } as never] }],
    ["a negative amount", { vouchers: [{ ...BUNDLE.vouchers[0], amount: -1n } as never] }],
    ["a signature of 65 bytes", { omitted: [{ ...BUNDLE.omitted[0], signature: `${signature(4)}00` } as never] }],
  ])("with %s has no spelling", (_name, change) => {
    const lines = bundleLines({ ...BUNDLE, ...change });
    expect(() => [...lines]).toThrow(expect.objectContaining({ code: "LINE_INVALID" }));
  });
});

describe("a payee's line", () => {
  const allotment = { ...ALLOTMENT, signature: bytes(1) };
  const terms = LINES[1]?.slice('{"kind":"allotment",'.length, LINES[1].indexOf(',"signature"')) ?? "";
  const held = `{"kind":"held",${terms},"allotmentSignature":"0x${"01".repeat(64)}","amount":"900","voucherSignature":"0x${"05".repeat(64)}"`;

  test("holds the authority's word, the payer's and the authority's receipt", () => {
    const receipt = { amount: 800n, receivedAt: 1_700_000_003, signature: bytes(6) };
    expect(spellHeldVoucher({ allotment, amount: 900n, signature: bytes(5), receipt })).toBe(
      `${held},"receipt":{"amount":"800","receivedAt":1700000003,"signature":"0x${"06".repeat(64)}"}}\n`,
    );
  });

  test("says so when the authority has not answered", () => {
    expect(spellHeldVoucher({ allotment, amount: 900n, signature: bytes(5), receipt: null })).toBe(
      `${held},"receipt":null}\n`,
    );
  });
});
