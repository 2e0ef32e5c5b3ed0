import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { type Batch, encodeBatch } from "../../../protocol/contract/batch.ts";
import { batchEvidence, type Evidence, paidRowsOf } from "../../../protocol/contract/evidence.ts";
import type { StatementLane } from "../../../protocol/signed/statement.ts";
import type { Withdrawal } from "../../../protocol/signed/withdrawal.ts";
import type { Step } from "../../../scripts/tamper/play/chain.ts";
import { claimStep, signStatement, voucherRow } from "../../../scripts/tamper/play/papers.ts";
import type { Key, Party } from "../../../scripts/tamper/play/people.ts";
import type { Stage } from "./stage.ts";

/** Life of allotments, seconds: less than the allotment period. */
const ALLOTMENT_LIFE = 100;
/** Life of requests and releases, seconds. */
const DEADLINE = 3_600;

/** Those who act in the history, on its stage. */
export interface Cast extends Stage {
  readonly root: Address;
  readonly payer: Party;
  readonly second: Party;
  readonly payee: Party;
  /** Has less than it promises. */
  readonly broke: Party;
  /** Revokes its session. */
  readonly leaver: Party;
  /** A wallet with code. */
  readonly vault: Address;
  readonly forwarder: Address;
  /** An allotter with a small budget. */
  readonly clerk: Key;
}

/**
 * A claim that somebody may make: what was allotted, by default by the first allotter and to the
 * payer's session.
 */
export interface ClaimPaper {
  readonly payer: Party;
  readonly payee: Party;
  readonly lane: number;
  readonly cap: bigint;
  readonly session?: Key;
  readonly allotter?: Key;
}

export async function deploy({ chain, owner }: Stage, runtimeCode: Hex): Promise<Address> {
  const length = (runtimeCode.length / 2 - 1).toString(16).padStart(2, "0");
  const created = await chain.send(owner.address, undefined, `0x60${length}8060095f395ff3${runtimeCode.slice(2)}`);
  return created as Address;
}

export function voucher(
  { papers }: Cast,
  payer: Party,
  payee: Party,
  lane: number,
  amount: bigint,
  key = payer.session,
) {
  const row = { payer: payer.wallet.address, payee: payee.wallet.address, sessionKey: payer.session.address };
  return voucherRow(papers, { ...row, lane, amount }, key);
}

export function statement({ papers }: Cast, payer: Party, lanes: readonly StatementLane[], key = payer.session) {
  return signStatement(papers, { payer: payer.wallet.address, sessionKey: payer.session.address, lanes }, key);
}

export function claim(cast: Cast, paper: ClaimPaper, amount: bigint, evidence: Evidence | null = null): Step {
  const { papers, chain } = cast;
  const { payer, payee, lane, cap, session = payer.session, allotter = cast.allotter } = paper;
  const allotment = {
    payer: payer.wallet.address,
    payee: payee.wallet.address,
    sessionKey: session.address,
    payeeKey: payee.session.address,
    lane,
    cap,
    pricePerGiB: 10_000n,
    credit: 1 << 20,
    infoHash: "ab".repeat(20),
    expiresAt: chain.last().time + ALLOTMENT_LIFE,
  };
  return claimStep(
    papers,
    { allotment, allotmentSignature: papers.allotment(allotment, allotter), session },
    amount,
    evidence,
  );
}

type Asked = Pick<Withdrawal, "to" | "amount" | "nonce">;

/** After the delay. */
export function withdrawal(cast: Cast, { wallet }: Party, asked: Asked): [Withdrawal, Hex] {
  const terms = termsOf(cast, wallet, asked);
  return [terms, cast.papers.withdrawal(terms, wallet)];
}

/** At once, with a release. */
export function instantWithdrawal(cast: Cast, { wallet }: Party, asked: Asked): [Withdrawal, Hex] {
  const terms = termsOf(cast, wallet, asked);
  return [terms, cast.papers.instantWithdrawal(terms, wallet)];
}

function termsOf({ chain }: Cast, { address }: Key, asked: Asked): Withdrawal {
  return { account: address, deadline: chain.last().time + DEADLINE, ...asked };
}

/** Last second of a release, and the allotter's signature. */
export function release(
  { papers, chain, allotter }: Cast,
  account: Address,
  to: Address,
  amount: bigint,
  nonce: number,
) {
  const deadline = chain.last().time + DEADLINE;
  return [deadline, papers.release({ account, to, amount, nonce, deadline }, allotter)] as const;
}

export const settleStep = (batch: Batch): Step => ["settle", bytesToHex(encodeBatch(batch))];

/** What a batch paid on a lane. `isSkipped` names rows that it did not pay. */
export function evidenceOf(
  number: number,
  batch: Batch,
  isSkipped: (payer: Address, lane: number) => boolean,
  lane: number,
  payer: Party,
) {
  const rows = batch.groups.flatMap((group) => group.rows.map((row) => isSkipped(group.payer, row.lane)));
  const skipped = new Set(rows.flatMap((is, index) => (is ? [index] : [])));
  return batchEvidence(number, batch, paidRowsOf(batch, skipped), { payer: payer.wallet.address, lane });
}
