import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Amount, bytesCovered } from "../../protocol/base/units.ts";
import type { AccountLanes } from "../../protocol/http/accounts.ts";
import type { BatchReply } from "../../protocol/http/operator.ts";

/** The way of one lane's money, from pieces to its final block, as far as it has come. */
export interface LaneWay {
  readonly payer: string;
  readonly payee: string;
  readonly lane: number;
  readonly infoHash: InfoHash;
  readonly role: "payer" | "payee";
  /** The highest voucher. */
  readonly amount: Amount;
  readonly steps: readonly Step[];
  /** What happens next, or what to do. */
  readonly next: string;
}

export interface Step {
  readonly name: "pieces" | "voucher" | "receipt" | "batch" | "final";
  readonly isDone: boolean;
  readonly text: string;
}

/** What is known of a lane, by whoever knows it. */
export interface LaneFacts {
  readonly payer: string;
  readonly payee: string;
  readonly lane: number;
  readonly infoHash: InfoHash;
  readonly role: "payer" | "payee";
  readonly pricePerGiB: Amount | null;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** The highest voucher that this home holds or has signed; null: it knows the lane no more. */
  readonly voucher: Amount | null;
  /** The authority's code for refusing it. */
  readonly refusal: string | null;
  /** What the authority's receipt says; payees only. */
  readonly receipt: Amount | null;
  /** What the authority says of the lane; null: it does not know it. */
  readonly account: Pick<AccountLanes["lanes"][number], "amount" | "state" | "reason" | "batch"> | null;
  readonly batch: Pick<BatchReply, "batch" | "state" | "txHash" | "reason"> | null;
}

/** @param times seconds since 1970, chain time */
export function explainLane(
  facts: LaneFacts,
  times: { readonly now: number; readonly claimPeriodSec: number },
): LaneWay {
  const { payer, payee, lane, infoHash, role, voucher, account } = facts;
  const amount = voucher ?? BigInt(account?.amount ?? "0");
  const steps = [
    piecesStep(facts, amount),
    voucherStep(amount),
    receiptStep(facts),
    batchStep(facts),
    finalStep(facts),
  ];
  return { payer, payee, lane, infoHash, role, amount, steps, next: nextOf(facts, amount, times) };
}

function piecesStep({ pricePerGiB, role }: LaneFacts, amount: Amount): Step {
  const isDone = amount > 0n;
  const bytes = pricePerGiB ? bytesCovered(amount, pricePerGiB) : null;
  const what = role === "payee" ? "served" : "bought";
  const text = bytes === null ? `pieces were ${what}` : `${bytes} bytes of pieces were ${what}`;
  return { name: "pieces", isDone, text: isDone ? text : `no piece was ${what} on this lane` };
}

function voucherStep(amount: Amount): Step {
  return { name: "voucher", isDone: amount > 0n, text: amount > 0n ? "a voucher promises it" : "there is no voucher" };
}

function receiptStep({ role, voucher, receipt, refusal, account }: LaneFacts): Step {
  const held = receipt ?? BigInt(account?.amount ?? "0");
  const isDone = held > 0n && (voucher === null || held >= voucher);
  if (refusal !== null)
    return { name: "receipt", isDone: false, text: `the authority refuses the voucher: ${refusal}` };
  if (isDone) return { name: "receipt", isDone, text: "the authority has stored the voucher" };
  const whose = role === "payee" ? "this peer brings it" : "the payee brings it";
  return {
    name: "receipt",
    isDone,
    text: held > 0n ? "the authority has an earlier voucher" : `${whose} to the authority`,
  };
}

function batchStep({ account, batch }: LaneFacts): Step {
  const state = account?.state ?? null;
  const number = account?.batch ?? batch?.batch ?? null;
  if (state === "settled") return { name: "batch", isDone: true, text: `settled${inBatch(number)}` };
  if (state === "settling")
    return { name: "batch", isDone: false, text: `in a transaction that is under way${inBatch(number)}` };
  if (state === "skipped")
    return {
      name: "batch",
      isDone: false,
      text: `the contract skipped it${inBatch(number)}: ${account?.reason ?? "no reason told"}`,
    };
  if (state === "expired") return { name: "batch", isDone: false, text: "its time was over before it was settled" };
  const text = state === "closed" ? "it is closed, and waits for a batch" : "it is open, and in no batch yet";
  return { name: "batch", isDone: false, text };
}

function finalStep({ batch }: LaneFacts): Step {
  if (batch === null) return { name: "final", isDone: false, text: "no transaction yet" };
  const transaction = batch.txHash ? ` (${batch.txHash})` : "";
  const isDone = batch.state === "final";
  return { name: "final", isDone, text: `the transaction is ${isDone ? "final" : batch.state}${transaction}` };
}

function nextOf(
  facts: LaneFacts,
  amount: Amount,
  { now, claimPeriodSec }: { now: number; claimPeriodSec: number },
): string {
  const { role, refusal, account, batch, expiresAt } = facts;
  const claimableUntil = expiresAt + claimPeriodSec;
  const isPayee = role === "payee";
  const claim = `\`floodgate claim\` takes it from the contract, until ${timeOf(claimableUntil)}`;
  const isOver = now >= claimableUntil;
  if (amount === 0n) return "nothing: no money was promised on this lane";
  if (batch?.state === "final" && account?.state === "settled") return "nothing: it is paid, and final";
  if (account?.state === "settled" || account?.state === "settling")
    return "wait: the transaction needs its blocks, and the authority sends it again if it is lost";
  if (isOver) return "nothing can be done: neither the authority nor the contract pays this lane any more";
  if (refusal !== null || account?.state === "skipped" || account?.state === "expired")
    return isPayee ? claim : "nothing: what is not settled stays in your account";
  if (account?.state === "closed")
    return `wait: the authority settles it with others${isPayee ? `; else ${claim}` : ""}`;
  const closes = `wait: the lane closes when it is full, when the download ends, or at ${timeOf(expiresAt)}`;
  return isPayee && now >= expiresAt ? claim : closes;
}

function inBatch(number: number | null): string {
  return number === null ? "" : `, batch ${number}`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
