import { keccak256, toBeHex, zeroPadValue } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAudit } from "../../audit/audit.ts";
import type { AuditReport } from "../../audit/audit-report.ts";
import { CHECKS } from "../../audit/checks.ts";
import { formatReport } from "../../audit/report/format-report.ts";
import { STRANGER } from "../../scripts/tamper/kinds/edit.ts";
import { type Audited, auditHistory } from "./support/audited.ts";

let audited: Audited;
beforeAll(async () => {
  audited = await auditHistory();
});
afterAll(() => audited[Symbol.asyncDispose]());

describe("a history in which everything has happened", () => {
  test("is clean", () => {
    expect(audited.report.findings).toEqual([]);
    expect(audited.report).toMatchObject({ ok: true, chainId: 31_337n });
    expect(audited.report.checks).toHaveLength(39);
  });

  test("is counted: batches, vouchers and statements", () => {
    expect(audited.report.tallies).toMatchObject({
      batches: 8,
      rows: 17,
      rowsPaid: 10,
      rowsSkipped: 7,
      vouchers: 12,
      statements: 3,
      settled: 100_001n + 50_000n + 70_000n + 33n + 10_050n + 20_000n + 400n + 4_001n + 1_000n + 2_000n,
      // 1 % rounded down row by row, and 2.5 % of the last three.
      fees: 1_000n + 500n + 700n + 0n + 100n + 200n + 4n + 100n + 25n + 50n,
    });
  });

  test("is counted: claims, and what the bond paid of them", () => {
    expect(audited.report.tallies).toMatchObject({
      claims: 16,
      claimsWithEvidence: 4,
      claimed: 25_000n + 77n + 600n + 300n + 100n + 8_000n + 900n + 500n + 70n + 1_060n + 200n,
      claimedFromBond: 4_000n + 1_000n + 900n + 200n + 200n,
      bondDeposited: 50_100n,
      bondWithdrawn: 10_000n,
    });
    expect(audited.report.bond).toEqual({ amount: 33_800n, withdrawing: 0n, withdrawableAt: 0 });
    expect(audited.report.allotters).toMatchObject([
      { isCurrent: true, bondBudget: 1_000_000n, bondSpent: 1_100n },
      { isCurrent: false, bondBudget: 6_000n, bondSpent: 5_200n },
    ]);
  });

  test("is counted: what came in and went out", () => {
    expect(audited.report.tallies).toMatchObject({
      deposited: 2_032_010n,
      withdrawn: 200_000n + 12_345n + 5_000n,
      releases: 3,
      released: 6_500n,
    });
    const owed = 2_032_010n + 50_100n - 10_000n - 217_345n - 6_500n;
    expect(audited.report).toMatchObject({ held: owed, owed });
  });

  test("leaves open only what a wallet with code has signed", () => {
    expect(audited.report.notChecked.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^the authorization of session .* is signed by a wallet with code \(ERC-1271\)$/),
      expect.stringMatching(/^the Withdrawal of .* is signed by a wallet with code \(ERC-1271\)$/),
    ]);
  });

  test("is told in words", () => {
    const text = formatReport(audited.report);
    expect(text).toContain("12 vouchers, and 3 statements for many lanes each");
    expect(text).toContain("0.036807 TUSD in 16 claims, 4 of them with evidence");
    expect(text).toContain("0.217345 TUSD withdrawn after the delay, 0.006500 TUSD at once in 3 releases");
    expect(text).toContain(
      "0.033800 TUSD; 0.050100 TUSD came in, 0.006300 TUSD paid claims, 0.010000 TUSD was taken back",
    );
    expect(text).toContain("Z: cost the bond 0.005200 TUSD of at most 0.006000 TUSD");
    expect(text).toContain("Clean: all 39 checks hold, but 2 things could not be seen.");
    expect(text).not.toContain("FAIL");
  });

  test("is told with the budget that an allotter will have", () => {
    const [first] = audited.report.allotters;
    const allotters = [
      { ...(first as AuditReport["allotters"][number]), nextBudget: 2_000_000n, effectiveAt: 1_900_000_000 },
    ];
    expect(formatReport({ ...audited.report, allotters })).toContain(
      "of at most 1.000000 TUSD, 2.000000 TUSD from 2030-03-17T17:46:40Z on",
    );
  });
});

describe("a contract whose state is not what its history makes it", () => {
  /** Slot of `mapping(address => ...)` at `slot` for this key. */
  const slotOf = (key: string, slot: number): string =>
    keccak256(zeroPadValue(key, 32) + zeroPadValue(toBeHex(slot), 32).slice(2));

  const read = async (contract: string, slot: string): Promise<bigint> =>
    BigInt(String(await audited.history.rpc("eth_getStorageAt", contract, slot, "latest")));

  const write = async (contract: string, slot: string, value: bigint): Promise<void> => {
    await audited.history.rpc("hardhat_setStorageAt", contract, slot, toBeHex(value, 32));
    await audited.history.rpc("evm_mine");
  };

  /** The slot that holds `amount` in its lowest `bits` for this key. */
  async function findSlot(contract: string, key: string, amount: bigint, bits: bigint): Promise<string> {
    for (let slot = 0; slot < 20; slot++) {
      const value = await read(contract, slotOf(key, slot));
      if ((value & ((1n << bits) - 1n)) === amount) return slotOf(key, slot);
    }
    throw new Error("the amount is in no slot that the test knows");
  }

  // 1,000,000 - 180,051 settled - 1,000 claimed + 77 + 900 claimed + 1,950 earned + 10 - 200,000.
  const PAYERS_BALANCE = 621_886n;

  test("is reported with both numbers", async () => {
    const { contract, payer } = audited.history;
    const slot = await findSlot(contract, payer, PAYERS_BALANCE, 96n);
    const before = await read(contract, slot);
    await write(contract, slot, before + 1n);
    const lying = await audited.audit();
    await write(contract, slot, before);
    expect(lying.ok).toBe(false);
    expect(lying.findings).toEqual([
      expect.objectContaining({ name: "balance", check: CHECKS.balance.number, expected: "621886", actual: "621887" }),
      expect.objectContaining({ name: "conservation", expected: "1848266", actual: "1848265" }),
      expect.objectContaining({ name: "solvency", expected: "1848266", actual: "1848265" }),
    ]);
    expect(formatReport(lying)).toMatch(/NOT CLEAN: 3 mismatches/);
    expect((await audited.audit()).ok).toBe(true);
  });

  test("is called insolvent when tokens are missing, with the creditors that cannot be paid", async () => {
    const { contract, token, payer } = audited.history;
    const slot = await findSlot(token, contract, audited.report.held, 256n);
    await write(token, slot, PAYERS_BALANCE - 1n);
    const lying = await audited.audit();
    await write(token, slot, audited.report.held);
    expect(lying.findings).toEqual([
      expect.objectContaining({ name: "solvency", severity: "critical", expected: "1848265", actual: "621885" }),
    ]);
    const sentence = lying.findings[0]?.sentence.toLowerCase();
    expect(sentence).toContain("holds 0.621885 tusd for debts of 1.848265 tusd: 1.226380 tusd are missing");
    expect(sentence).toMatch(new RegExp(`even coming first, these could not be paid in full: .*${payer}`));
  });
});

test.each([
  ["an address without a contract", () => audited.audit(STRANGER), "CONTRACT_MISSING"],
  ["another contract", () => audited.audit(audited.report.token.address), "CONTRACT_OTHER"],
  [
    "a start after the contract's creation",
    () => audited.audit(audited.history.contract, audited.report.toBlock),
    "FROM_BLOCK_TOO_LATE",
  ],
  [
    "a node that is not there",
    () =>
      runAudit({
        rpcUrl: "http://127.0.0.1:1",
        contract: STRANGER,
        fromBlock: null,
        signal: new AbortController().signal,
      }),
    "RPC_UNAVAILABLE",
  ],
])("%s is said so", async (_name, run, code) => {
  await expect(run()).rejects.toMatchObject({ code });
});
