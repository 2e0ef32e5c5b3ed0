import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import {
  type Batch,
  buildBatch,
  buildStatementBatch,
  encodeBatch,
  hashOutcome,
} from "../../../protocol/contract/batch.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { type Actor, actor, actors } from "./actors.ts";
import { type Emitted, Recorder } from "./recorder.ts";
import { CHAIN_ID, CONTRACT, START_TIME } from "./recording.ts";

export type RowKind = "vouchers" | "statements";

const SEPARATOR = hashDomain({ chainId: CHAIN_ID, contract: CONTRACT });
const BUNDLE_HASH: Hex = `0x${"e5".repeat(32)}`;
const NO_ID: Hex = `0x${"00".repeat(32)}`;
const NOBODY = parseAddress(`0x${"00".repeat(20)}`);

/** A batch as they are in the gas bench: 20 payers, 20 lanes of each, 20 payees. */
const PAYERS_PER_BATCH = 20;
const LANES_PER_PAYER = 20;
const ROWS_PER_BATCH = PAYERS_PER_BATCH * LANES_PER_PAYER;
const PAYERS = 200;
const DEPOSIT = 10n ** 15n;
const FEE_BPS = 100n;
const NO_LIMIT = 2n ** 96n - 1n;
/** Seconds since 1970 until which sessions live, and batches are valid. */
const FAR = 4_000_000_000;
const HEAD = { bundleHash: BUNDLE_HASH, validUntil: FAR };

/**
 * Writes an honest history with this many rows of batches to a file, as a node would show it.
 * Returns its last block.
 */
export async function makeHistory(path: string, kind: RowKind, rows: number): Promise<number> {
  const [owner, payers, payees] = [actor("owner"), actors("payer", PAYERS), actors("payee", PAYERS)];
  using recorder = new Recorder(path);
  await recorder.deploy(owner, [
    ["OwnershipTransferred", { previousOwner: NOBODY, newOwner: owner.account }],
    ["OperatorSet", { operator: owner.account }],
    ["FeeRecipientSet", { feeRecipient: actor("fees").account }],
    ["FeeSet", { feeBps: Number(FEE_BPS), effectiveAt: START_TIME + recorder.block }],
  ]);
  for (const payer of payers) await fund(recorder, owner, payer);
  for (let batch = 1; batch <= rows / ROWS_PER_BATCH; batch++) {
    const members = Array.from({ length: PAYERS_PER_BATCH }, (_, i) => at(payers, batch * PAYERS_PER_BATCH + i));
    const sold = members.map((payer) => ({ payer, lanes: sell(payees, batch) }));
    const built = kind === "vouchers" ? buildVouchers(sold) : buildStatements(sold);
    await settle(recorder, owner, batch, built);
  }
  return recorder.block;
}

interface Lane {
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
}

/** Lanes ascend for all, as the authority gives them out. */
function sell(payees: readonly Actor[], batch: number): Lane[] {
  return Array.from({ length: LANES_PER_PAYER }, (_, i) => ({
    payee: at(payees, batch + i).account,
    lane: batch * LANES_PER_PAYER + i,
    amount: BigInt(10_000 + batch + i),
  }));
}

type Sold = readonly { readonly payer: Actor; readonly lanes: readonly Lane[] }[];

function buildVouchers(sold: Sold): Batch {
  const lanes = sold.flatMap(({ payer: { account: payer, secret, sessionKey }, lanes }) =>
    lanes.map((lane) => {
      const signature = sign(hashVoucher(SEPARATOR, { payer, ...lane }), secret);
      return { payer, sessionKey, signature, ...lane };
    }),
  );
  return buildBatch(HEAD, lanes);
}

function buildStatements(sold: Sold): Batch {
  const statements = sold.map(({ payer: { account: payer, secret, sessionKey }, lanes }) => {
    const signature = sign(hashStatement(SEPARATOR, { payer, lanes }), secret);
    return { payer, lanes, sessionKey, signature };
  });
  return buildStatementBatch(HEAD, statements);
}

async function fund(recorder: Recorder, owner: Actor, { wallet, ...payer }: Actor): Promise<void> {
  const { account, sessionKey } = payer;
  const deposited = { account, from: owner.account, amount: DEPOSIT, id: NO_ID };
  const moved = { from: owner.account, to: CONTRACT, value: DEPOSIT };
  const call = ["depositFor", account, DEPOSIT, NO_ID];
  await recorder.call(owner, call, [["Deposited", deposited]], [["Transfer", moved]]);
  const authorized = { account, sessionKey, limit: NO_LIMIT, expiresAt: FAR };
  const authorization = ["authorizeSession", sessionKey, NO_LIMIT, FAR];
  await recorder.call({ wallet, ...payer }, authorization, [["SessionAuthorized", authorized]], []);
}

async function settle(recorder: Recorder, owner: Actor, number: number, batch: Batch): Promise<void> {
  const [debits, credits] = [new Map<Address, bigint>(), new Map<Address, bigint>()];
  let [total, fee] = [0n, 0n];
  for (const { payer, rows } of batch.groups) {
    for (const { payeeIndex, amount } of rows) {
      const payee = batch.payees[payeeIndex] as Address;
      const rowFee = (amount * FEE_BPS) / 10_000n;
      debits.set(payer, (debits.get(payer) ?? 0n) + amount);
      credits.set(payee, (credits.get(payee) ?? 0n) + amount - rowFee);
      [total, fee] = [total + amount, fee + rowFee];
    }
  }
  const all = batch.groups.map(({ rows }) => (1n << BigInt(rows.length)) - 1n);
  const outcomeHash = hashOutcome(batch, all);
  const events: Emitted[] = [
    ["Debited", { batch: BigInt(number), entries: entriesOf(debits) }],
    ["Credited", { batch: BigInt(number), entries: entriesOf(credits) }],
    ["Settled", { batch: BigInt(number), bundleHash: BUNDLE_HASH, outcomeHash, total, fee }],
  ];
  await recorder.call(owner, ["settle", bytesToHex(encodeBatch(batch))], events, []);
}

/** account (20 bytes) | amount (12 bytes). */
function entriesOf(sums: ReadonlyMap<Address, bigint>): Hex[] {
  return [...sums].map(([account, amount]): Hex => `${account}${amount.toString(16).padStart(24, "0")}`);
}

function at<T>(list: readonly T[], i: number): T {
  return list[i % list.length] as T;
}
