import { getAddress } from "ethers";
import { printTime } from "../books/time-text.ts";
import { printMoney } from "../facts/money-text.ts";
import { checkRowSignature, type ProvenBatch } from "./check-batch.ts";
import type { ProvenClaim } from "./check-claim.ts";
import { type EntryProof, type Proof, refusal } from "./proof-file.ts";

export interface ProvenEntries {
  /** Movements that a signed row in the file shows. */
  readonly proven: readonly string[];
  /** Movements whose amount only the chain's events tell. */
  readonly told: readonly string[];
}

interface Shown {
  readonly batches: readonly ProvenBatch[];
  readonly claims: readonly ProvenClaim[];
}

/** Checks an account's last movements, one by one. @throws {ProtocolError} PROOF_INVALID */
export function checkEntries(
  proof: Proof,
  account: string,
  balance: string,
  { batches, claims }: Shown,
): ProvenEntries {
  const [proven, told]: [string[], string[]] = [[], []];
  const used = new Set<ProvenBatch>();
  let before: bigint | null = null;
  for (const entry of proof.entries) {
    if (before !== null && before + BigInt(entry.amount) !== BigInt(entry.balance))
      throw refusal(`the balance after the ${entry.kind} in block ${entry.block} is not that before and its amount`);
    before = BigInt(entry.balance);
    const batch = batches.find((one) => explainsByRow(proof, account, entry, one));
    if (batch) used.add(batch);
    (batch ? proven : told).push(sentenceOf(proof, entry));
  }
  if (before !== null && before !== BigInt(balance)) throw refusal("its last balance is not that of the account");
  if (batches.some((batch) => !used.has(batch))) throw refusal("it holds a batch that none of the movements needs");
  if (claims.some(({ proof: { payer, payee } }) => account !== payer && account !== payee))
    throw refusal("it holds a claim of other accounts");
  return { proven, told };
}

function explainsByRow({ chainId, contract }: Proof, account: string, entry: EntryProof, batch: ProvenBatch): boolean {
  const isPayment = entry.kind === "payment";
  if ((!isPayment && entry.kind !== "earning") || entry.batch !== batch.proof.number) return false;
  const [payer, payee] = isPayment ? [account, entry.counterparty] : [entry.counterparty, account];
  const amount = isPayment ? -BigInt(entry.amount) : BigInt(entry.amount) + BigInt(entry.fee);
  const found = batch.rows.find(
    ({ group, row, isPaid }) =>
      isPaid &&
      group.payer.toLowerCase() === payer &&
      row.payee.toLowerCase() === payee &&
      row.lane === entry.lane &&
      row.amount === amount,
  );
  if (!found || !isAt(entry, batch))
    throw refusal(`batch ${entry.batch} has no such ${entry.kind} on lane ${entry.lane}`);
  checkRowSignature({ chainId: BigInt(chainId), contract }, found);
  return true;
}

function isAt(entry: EntryProof, { proof, tx }: ProvenBatch): boolean {
  return entry.tx === tx && entry.block === proof.block && entry.time === proof.time;
}

function sentenceOf({ token }: Proof, entry: EntryProof): string {
  const { kind, counterparty, batch, lane, block, time, tx } = entry;
  const [amount, fee, balance] = [entry.amount, entry.fee, entry.balance].map((sum) => printMoney(BigInt(sum), token));
  const parts = [
    `${printTime(time)}, block ${block}: ${kind} ${amount}`,
    ...(entry.fee === "0" ? [] : [`after a fee of ${fee}`]),
    ...(counterparty === null ? [] : [`with ${getAddress(counterparty)}`]),
    ...(lane === null ? [] : [`on lane ${lane}`]),
    ...(batch === null ? [] : [`in batch ${batch}`]),
    ...(tx === null ? [] : [`by ${tx}`]),
  ];
  return `${parts.join(" ")}; balance then ${balance}`;
}
