import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPeerStore } from "../../../client/store/peer-store.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { expectRefusal } from "../support/run-cli.ts";

/** A payee's home, with three vouchers in different states: no server runs. */

const root = mkdtempSync(join(tmpdir(), "floodgate-vouchers-"));
const home = join(root, "home");
const empty = join(root, "empty");
const held = (name: string): string => join(root, name);

const NETWORK = JSON.stringify({
  version: 1,
  apiUrl: "http://127.0.0.1:1",
  chainId: 31337,
  contract: `0x${"11".repeat(20)}`,
  token: { address: `0x${"22".repeat(20)}`, symbol: "TUSD", decimals: 6 },
});
const [PAYER, PAYEE] = [`0x${"aa".repeat(20)}`, `0x${"ee".repeat(20)}`] as const;
const allotmentOf = (lane: number): SignedAllotment => ({
  payer: PAYER,
  payee: PAYEE,
  sessionKey: `0x${"a0".repeat(20)}`,
  payeeKey: `0x${"e0".repeat(20)}`,
  lane,
  cap: 2_000_000n,
  pricePerGiB: 1_000_000n,
  credit: 131_072,
  infoHash: "ab".repeat(20),
  expiresAt: 1_700_000_000 + lane,
  signature: new Uint8Array(64).fill(7),
});

const lineOf = (lane: number, amount: string, receipt: string): string =>
  `{"kind":"held","payer":"${PAYER}","payee":"${PAYEE}","sessionKey":"0x${"a0".repeat(20)}","payeeKey":"0x${"e0".repeat(20)}","lane":${lane},"cap":"2000000","pricePerGiB":"1000000","credit":131072,"infoHash":"${"ab".repeat(20)}","expiresAt":${1_700_000_000 + lane},"allotmentSignature":"0x${"07".repeat(64)}","amount":"${amount}","voucherSignature":"0x${"09".repeat(64)}","receipt":${receipt}}\n`;
const FILE = [
  lineOf(1, "1500000", `{"amount":"1200000","receivedAt":1699999990,"signature":"0x${"03".repeat(64)}"}`),
  lineOf(2, "700000", `{"amount":"700000","receivedAt":1699999991,"signature":"0x${"04".repeat(64)}"}`),
  lineOf(3, "1", "null"),
].join("");

beforeAll(async () => {
  for (const directory of [home, empty]) {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, "network.json"), NETWORK, { mode: 0o600 });
  }
  const store = openPeerStore(home);
  const of = (lane: number) => ({ payer: PAYER, payee: PAYEE, lane });
  for (const lane of [1, 2, 3, 4]) await store.saveAccepted(allotmentOf(lane));
  for (const [lane, amount] of [
    [1, 1_200_000n],
    [1, 1_500_000n],
    [2, 700_000n],
    [3, 1n],
  ] as const)
    await store.saveVoucher({ ...of(lane), amount, signature: new Uint8Array(64).fill(9) }).synced;
  const receipt = { ...of(1), amount: 1_200_000n, receivedAt: 1_699_999_990, signature: new Uint8Array(64).fill(3) };
  await store.saveReceipt(receipt, false);
  await store.saveReceipt(
    { ...of(2), amount: 700_000n, receivedAt: 1_699_999_991, signature: new Uint8Array(64).fill(4) },
    true,
  );
  await store.savePushRefused(PAYER, 3, 1n, "EXPIRED");
  store.close();
});
afterAll(() => rmSync(root, { recursive: true }));

describe("vouchers export", () => {
  test("prints one line for each lane with a voucher, with the authority's receipt, and nothing else", async () => {
    const { exitCode, stdout, stderr } = await runInProcess(["vouchers", "export", "--home", home]);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: FILE, stderr: "" });
  });

  test("writes the same into a file for its owner, in place of the one before", async () => {
    const out = held("out.jsonl");
    writeFileSync(out, "before");
    const { stdout } = await runInProcess(["vouchers", "export", "--out", out, "--home", home, "--json"]);
    expect(JSON.parse(stdout)).toEqual({ event: "done", vouchers: 3, withReceipt: 2, path: out });
    expect(readFileSync(out, "utf8")).toBe(FILE);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test("of a home without vouchers is empty", async () => {
    const { exitCode, stdout } = await runInProcess(["vouchers", "export", "--home", empty]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
  });
});

describe("vouchers ls", () => {
  test("shows what the authority has of each", async () => {
    const { stdout } = await runInProcess(["vouchers", "ls", "--home", home]);
    expect(stdout).toMatch(/ 1 │ 1\.500000 │ 2023-11-14T22:13:21\.000Z │ has 1\.200000 TUSD +│/);
    expect(stdout).toMatch(/ 2 │ 0\.700000 │ 2023-11-14T22:13:22\.000Z │ has it +│/);
    expect(stdout).toMatch(/ 3 │ 0\.000001 │ 2023-11-14T22:13:23\.000Z │ refused it: EXPIRED +│/);
  });

  test("says so when there is none", async () => {
    expect((await runInProcess(["vouchers", "ls", "--home", empty])).stdout).toBe("No voucher is in this home.\n");
  });

  test("tells programs base units", async () => {
    const { stdout } = await runInProcess(["vouchers", "ls", "--home", home, "--json"]);
    const of = (lane: number) => ({ payer: PAYER, lane, infoHash: "ab".repeat(20), expiresAt: 1_700_000_000 + lane });
    expect(JSON.parse(stdout)).toEqual({
      event: "done",
      vouchers: [
        { ...of(1), amount: "1500000", receipt: "1200000", refusal: null },
        { ...of(2), amount: "700000", receipt: "700000", refusal: null },
        { ...of(3), amount: "1", receipt: null, refusal: "EXPIRED" },
      ],
    });
  });
});

test("vouchers are read while a peer works with the home", async () => {
  const store = openPeerStore(home);
  try {
    const { exitCode, stdout } = await runInProcess(["vouchers", "export", "--home", home]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: FILE });
  } finally {
    store.close();
  }
});

describe("vouchers are refused", () => {
  test("of a home that is not registered, which stays as it is", async () => {
    const nowhere = held("nowhere");
    for (const command of ["ls", "export"])
      await expectRefusal({
        args: ["vouchers", command, "--home", nowhere],
        exitCode: 3,
        code: "NOT_REGISTERED",
        says: /run `floodgate register`/,
      });
    expect(() => statSync(nowhere)).toThrow(/ENOENT/);
  });

  test("into a directory that is not there", () =>
    expectRefusal({
      args: ["vouchers", "export", "--out", held("no/where.jsonl"), "--home", home],
      exitCode: 3,
      code: "FILE_UNWRITABLE",
      says: /cannot write .*where\.jsonl/,
    }));
});
