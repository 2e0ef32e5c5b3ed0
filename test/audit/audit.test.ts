import { getAddress, keccak256, toBeHex, zeroPadValue } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditReport, runAudit } from "../../scripts/audit/audit.ts";
import { openChain } from "../../scripts/audit/chain-reader.ts";
import { CHECKS, type CheckName } from "../../scripts/audit/checks.ts";
import type { Call, CallOf, ChainEvent, EventOf, TransactionFacts } from "../../scripts/audit/facts.ts";
import { formatReport } from "../../scripts/audit/format-report.ts";
import { readHistory } from "../../scripts/audit/read-history.ts";
import { replay } from "../../scripts/audit/replay.ts";
import { emptyState } from "../../scripts/audit/state.ts";
import { type History, makeHistory } from "./support/history.ts";

const { signal } = new AbortController();

let history: History;
let facts: readonly TransactionFacts[];
let report: AuditReport;
beforeAll(async () => {
  history = await makeHistory();
  report = await audit();
  const chain = await openChain(history.rpcUrl, signal);
  const [contract, token] = [getAddress(history.contract), report.token.address];
  facts = await readHistory(chain, { contract, token, fromBlock: report.fromBlock, toBlock: report.toBlock });
});
afterAll(() => history[Symbol.asyncDispose]());

const audit = (contract: string = history.contract, fromBlock: number | null = null): Promise<AuditReport> =>
  runAudit({ rpcUrl: history.rpcUrl, contract, fromBlock, signal });

test("a history in which everything has happened is clean, and says what was seen", () => {
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ ok: true, notChecked: [], chainId: 31_337n, contract: getAddress(history.contract) });
  expect(report.tallies).toMatchObject({
    batches: 3,
    rows: 9,
    rowsPaid: 5,
    rowsSkipped: 4,
    claims: 2,
    claimed: 25_000n,
    deposited: 2_000_000n,
    withdrawn: 212_345n,
    settled: 100_001n + 50_000n + 70_000n + 33n + 4_001n,
    // 1 % rounded down row by row, and 2.5 % of the last.
    fees: 1_000n + 500n + 700n + 0n + 100n,
  });
  expect(report.held).toBe(report.owed);
  const text = formatReport(report);
  expect(text).toContain("Clean: all 23 checks hold.");
  expect(text).not.toContain("FAIL");
});

/** The history with one change, as a lying contract or node might show it. */
function changed(change: (facts: readonly TransactionFacts[]) => readonly TransactionFacts[]): string[] {
  const rules = { chainId: 31_337n, contract: getAddress(history.contract), allotmentPeriod: 120, claimPeriod: 120 };
  const money = (amount: bigint): string => String(amount);
  const { findings } = replay({
    rules,
    history: change(structuredClone(facts)),
    opening: emptyState(),
    contractWallets: new Set(),
    money,
  });
  return [...new Set(findings.map(({ name }) => name))];
}

function withEvent<K extends ChainEvent["kind"]>(kind: K, change: (event: EventOf<K>) => ChainEvent | null, index = 0) {
  return (all: readonly TransactionFacts[]): readonly TransactionFacts[] => {
    let seen = 0;
    return all.map((one) => ({
      ...one,
      events: one.events.flatMap((event) =>
        event.kind === kind && seen++ === index ? (change(event as EventOf<K>) ?? []) : event,
      ),
    }));
  };
}

function withCall<K extends Call["kind"]>(kind: K, change: (call: CallOf<K>) => Call | null, index = 0) {
  return (all: readonly TransactionFacts[]): readonly TransactionFacts[] => {
    let seen = 0;
    return all.map((one) => ({
      ...one,
      calls:
        one.calls?.flatMap((call) =>
          call.kind === kind && seen++ === index ? (change(call as CallOf<K>) ?? []) : call,
        ) ?? null,
    }));
  };
}

function withSkippedRow(all: readonly TransactionFacts[]): readonly TransactionFacts[] {
  const skip = { kind: "RowSkipped", batch: 3, row: 0, reason: "UNCOVERED" } as const;
  const lie = (event: ChainEvent): ChainEvent[] =>
    event.kind === "Settled" && event.batch === 3 ? [skip, event] : [event];
  return all.map((one) => ({ ...one, events: one.events.flatMap(lie) }));
}

function withoutSignatureSkip(all: readonly TransactionFacts[]): readonly TransactionFacts[] {
  const isSkip = (event: ChainEvent): boolean => event.kind === "RowSkipped" && event.reason === "SIGNATURE";
  return all.map((one) => ({ ...one, events: one.events.filter((event) => !isSkip(event)) }));
}

/** The batch with one byte changed, counted from its end. */
const withByte = (hex: string, fromEnd: number): string => {
  const bytes = Buffer.from(hex.slice(2), "hex");
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] as number) ^ 1;
  return `0x${bytes.toString("hex")}`;
};

const STRANGER = getAddress(`0x${"57".repeat(20)}`);

describe("one lie is found by its check:", () => {
  test.each<[string, (facts: readonly TransactionFacts[]) => readonly TransactionFacts[], CheckName]>([
    ["a batch of someone else", withCall("settle", (call) => ({ ...call, sender: STRANGER })), "operator"],
    ["a batch without calldata", withCall("settle", () => null), "batch-calldata"],
    ["calldata of no batch", withCall("settle", (call) => ({ ...call, batch: "0x00" })), "batch-calldata"],
    ["a batch number left out", withEvent("Settled", (event) => ({ ...event, batch: 7 }), 2), "batch-calldata"],
    [
      "another evidence hash",
      withEvent("Settled", (event) => ({ ...event, evidenceHash: keccak256("0x") })),
      "batch-calldata",
    ],
    [
      "a paid row with another signature",
      withCall("settle", (call) => ({ ...call, batch: withByte(call.batch, 1) }), 2),
      "row-signature",
    ],
    [
      "a paid row with another amount",
      withCall("settle", (call) => ({ ...call, batch: withByte(call.batch, 65) }), 2),
      "row-signature",
    ],
    ["a good row said to be skipped", withSkippedRow, "row-skipped"],
    [
      "a debit that is too small",
      withEvent("Debited", (event) => ({ ...event, amount: event.amount - 1n })),
      "batch-totals",
    ],
    ["a debit left out", withEvent("Debited", () => null), "batch-totals"],
    ["a credit to someone else", withEvent("Credited", (event) => ({ ...event, payee: STRANGER })), "batch-totals"],
    ["another total", withEvent("Settled", (event) => ({ ...event, total: event.total + 1n })), "batch-totals"],
    ["a fee that is one unit too high", withEvent("Settled", (event) => ({ ...event, fee: event.fee + 1n })), "fee"],
    ["another outcome", withEvent("Settled", (event) => ({ ...event, outcomeHash: keccak256("0x") })), "outcome-hash"],
    ["a wrong reason for skipping", withEvent("RowSkipped", (event) => ({ ...event, reason: "STALE" })), "row-skipped"],
    ["a row paid that nobody signed", withoutSignatureSkip, "row-signature"],
    [
      "a claim of a stranger's allotment",
      withCall("claim", (call) => ({ ...call, allotment: { ...call.allotment, cap: 1n << 90n } })),
      "claim-allotment",
    ],
    [
      "a claim without its voucher",
      withCall("claim", (call) => ({ ...call, amount: call.amount + 1n })),
      "claim-voucher",
    ],
    [
      "a claim that paid more",
      withEvent("Claimed", (event) => ({ ...event, amount: event.amount + 1n })),
      "claim-terms",
    ],
    ["a claim without a call", withCall("claim", () => null), "claim-terms"],
    [
      "a session of another limit",
      withEvent("SessionAuthorized", (event) => ({ ...event, limit: event.limit + 1n })),
      "session-authorization",
    ],
    [
      "a session that its wallet did not sign",
      withCall("authorizeSessionFor", (call) => ({ ...call, signature: withByte(call.signature, 40) })),
      "session-authorization",
    ],
    ["a revocation that nobody called", withCall("revokeSession", () => null), "session-authorization"],
    [
      "a withdrawal request of someone else",
      withCall("requestWithdrawal", (call) => ({ ...call, sender: STRANGER })),
      "withdrawal-request",
    ],
    [
      "a withdrawal request without the delay",
      withEvent("WithdrawalRequested", (event) => ({ ...event, withdrawableAt: event.withdrawableAt - 1 })),
      "withdrawal-request",
    ],
    [
      "a relayed request that was not signed",
      withCall("requestWithdrawalFor", (call) => ({ ...call, signature: withByte(call.signature, 40) })),
      "withdrawal-request",
    ],
    [
      "a withdrawal that is too large",
      withEvent("Withdrawn", (event) => ({ ...event, amount: event.amount + 1n })),
      "withdrawal",
    ],
    ["a withdrawal to someone else", withEvent("Withdrawn", (event) => ({ ...event, to: STRANGER }), 1), "withdrawal"],
    [
      "a deposit without tokens",
      withEvent("Deposited", (event) => ({ ...event, amount: event.amount + 1n })),
      "token-flow",
    ],
    [
      "tokens that leave without a withdrawal",
      (all) =>
        all.map((one, i) =>
          i === 5 ? { ...one, transfers: [{ from: getAddress(history.contract), to: STRANGER, amount: 1n }] } : one,
        ),
      "token-flow",
    ],
    [
      "a fee change without notice",
      withEvent("FeeSet", (event) => ({ ...event, effectiveAt: event.effectiveAt - 1 }), 1),
      "fee",
    ],
  ])("%s", (_name, change, check) => {
    expect(changed(change)).toContain(check);
  });
});

describe("a contract whose state is not what its history makes it", () => {
  /** Slot of `mapping(address => ...)` at `slot` for this key. */
  const slotOf = (key: string, slot: number): string =>
    keccak256(zeroPadValue(key, 32) + zeroPadValue(toBeHex(slot), 32).slice(2));

  async function findAccountsSlot(): Promise<number> {
    for (let slot = 0; slot < 20; slot++) {
      const value = BigInt(
        String(await history.rpc("eth_getStorageAt", history.contract, slotOf(history.payer, slot), "latest")),
      );
      const balance = value & ((1n << 96n) - 1n);
      // What is left of 1,000,000 after 150,001 paid and 200,000 withdrawn.
      if (balance === 649_999n) return slot;
    }
    throw new Error("the accounts are in no slot that the test knows");
  }

  test("is reported with both numbers", async () => {
    const slot = slotOf(history.payer, await findAccountsSlot());
    const before = String(await history.rpc("eth_getStorageAt", history.contract, slot, "latest"));
    await history.rpc("hardhat_setStorageAt", history.contract, slot, toBeHex(BigInt(before) + 1n, 32));
    await history.rpc("evm_mine");
    const lying = await audit();
    await history.rpc("hardhat_setStorageAt", history.contract, slot, before);
    await history.rpc("evm_mine");
    expect(lying.ok).toBe(false);
    expect(lying.findings).toEqual([
      expect.objectContaining({ name: "balance", check: CHECKS.balance.number, expected: "649999", actual: "650000" }),
    ]);
    expect(formatReport(lying)).toMatch(/NOT CLEAN: 1 mismatches/);
    expect((await audit()).ok).toBe(true);
  });
});

test.each([
  ["an address without a contract", () => audit(STRANGER), "CONTRACT_MISSING"],
  ["another contract", () => audit(report.token.address), "CONTRACT_OTHER"],
  ["a start after the contract's creation", () => audit(history.contract, report.toBlock), "FROM_BLOCK_TOO_LATE"],
  [
    "a node that is not there",
    () => runAudit({ rpcUrl: "http://127.0.0.1:1", contract: STRANGER, fromBlock: null, signal }),
    "RPC_UNAVAILABLE",
  ],
])("%s is said so", async (_name, run, code) => {
  await expect(run()).rejects.toMatchObject({ code });
});
