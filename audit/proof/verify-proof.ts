import { getAddress } from "ethers";
import { printTime } from "../books/time-text.ts";
import { printMoney } from "../facts/money-text.ts";
import { checkBatch, checkRowSignature, type ProvenBatch } from "./check-batch.ts";
import { checkClaim, type ProvenClaim } from "./check-claim.ts";
import { checkEntries } from "./check-entries.ts";
import { checkState, type DueValue, dueValuesOf } from "./check-state.ts";
import type { Header } from "./header.ts";
import { type Proof, refusal } from "./proof-file.ts";

/** What a proof shows, in sentences. */
export interface ProofVerdict {
  readonly subject: string;
  /** Follows from the file alone. */
  readonly proven: readonly string[];
  /** What the file cannot show: to be sure, compare it on a node. */
  readonly trusted: readonly string[];
}

/** Checks a proof without a node. Pure. @throws {ProtocolError} PROOF_INVALID */
export function verifyProof(proof: Proof): ProofVerdict {
  const { chainId, subject, state } = proof;
  const contract = { chainId: BigInt(chainId), contract: getAddress(proof.contract) };
  const batches = proof.batches.map((batch) => checkBatch(contract, batch));
  const claims = proof.claims.map((claim) => checkClaim(contract, claim));
  const about =
    "account" in subject ? aboutAccount(proof, subject, batches, claims) : aboutLane(proof, subject, batches, claims);
  const values = dueValuesOf(proof);
  const header = state === null ? null : checkState(state, proof.contract, values);
  if (header !== null && "account" in subject) checkBlock(subject, header);
  return {
    subject: `${about.subject}, in the contract ${contract.contract} on chain ${chainId}`,
    proven: [...about.proven, ...batches.map(sentenceOfBatch), ...sentencesOfState(header, values)],
    trusted: [
      ...about.trusted,
      ...claims.map((claim) => sentenceOfPayment(proof, claim)),
      ...[...batches, ...claims].map(sentenceOfPlace),
      ...(header === null ? values.map((value) => sentenceOfValue(proof, value)) : [sentenceOfHeader(proof, header)]),
      sentenceOfToken(proof),
      `That ${contract.contract} is a Floodgate contract: compare its code with the published one.`,
    ],
  };
}

function aboutLane(
  proof: Proof,
  { payer, lane }: { readonly payer: string; readonly lane: number },
  batches: readonly ProvenBatch[],
  claims: readonly ProvenClaim[],
): ProofVerdict {
  const contract = { chainId: BigInt(proof.chainId), contract: proof.contract };
  if (proof.entries.length > 0) throw refusal("a proof about a lane holds no movements of an account");
  if (batches.length + claims.length === 0) throw refusal("it holds nothing about the lane");
  const byBatch = batches.map((batch) => {
    const { number } = batch.proof;
    const found = batch.rows.find(({ group, row }) => group.payer.toLowerCase() === payer && row.lane === lane);
    if (!found) throw refusal(`batch ${number} has no row on the lane`);
    const { row, group, isPaid } = found;
    const [payee, session] = [getAddress(row.payee), getAddress(group.sessionKey)];
    const amount = moneyOf(proof, row.amount);
    if (!isPaid) return `Batch ${number} skipped its row of ${amount} to ${payee}: it paid nothing on the lane.`;
    checkRowSignature(contract, found);
    const signed = group.signature === null ? "a voucher" : `a statement of ${group.rows.length} lanes`;
    return `Batch ${number} paid ${amount} to ${payee}, as session key ${session} of the payer signed in ${signed}.`;
  });
  const byClaim = claims.map((one) => {
    const { proof: claim } = one;
    if (claim.payer !== payer || claim.lane !== lane) throw refusal("it holds a claim on another lane");
    return sentenceOfClaim(proof, one);
  });
  return { subject: `Lane ${lane} of ${getAddress(payer)}`, proven: [...byBatch, ...byClaim], trusted: [] };
}

function aboutAccount(
  proof: Proof,
  { account, balance, block, blockHash }: Extract<Proof["subject"], { account: string }>,
  batches: readonly ProvenBatch[],
  claims: readonly ProvenClaim[],
): ProofVerdict {
  const { proven, told } = checkEntries(proof, account, balance, { batches, claims });
  const [first] = proof.entries;
  const before = first ? BigInt(first.balance) - BigInt(first.amount) : BigInt(balance);
  return {
    subject: `The balance of ${getAddress(account)} at block ${block} (${blockHash}): ${moneyOf(proof, balance)}`,
    proven: [...proven, ...claims.map((claim) => sentenceOfClaim(proof, claim))],
    trusted: [`That the balance was ${moneyOf(proof, before)} before the first of these movements.`, ...told],
  };
}

function checkBlock(subject: { readonly block: number; readonly blockHash: string }, header: Header): void {
  if (header.number !== subject.block || header.hash !== subject.blockHash)
    throw refusal(`its storage is that of block ${header.number}, not of block ${subject.block}`);
}

/**
 * The most that a claim could pay. What it did pay is in the chain's events and the contract's
 * record of the lane.
 */
function sentenceOfClaim(
  proof: Proof,
  { proof: { payer, payee, lane, allotter }, call: { amount, allotment } }: ProvenClaim,
): string {
  const [cap, promised] = [moneyOf(proof, allotment.cap), moneyOf(proof, amount)];
  return `For lane ${lane} of ${getAddress(payer)}, allotter ${getAddress(allotter)} allotted ${getAddress(payee)} up to ${cap}, and session key ${getAddress(allotment.sessionKey)} promised it ${promised}: claims may pay at most the smaller of the two.`;
}

function sentenceOfPayment(proof: Proof, { proof: claim, tx }: ProvenClaim): string {
  const { lane, payee } = claim;
  const [amount, fromBond, all] = [claim.amount, claim.fromBond, claim.totalPaid].map((sum) => moneyOf(proof, sum));
  return `That claim ${tx} paid ${amount} to ${getAddress(payee)}, ${fromBond} of it from the bond, and ${all} in all on lane ${lane}.`;
}

function sentenceOfBatch({ proof, tx, rows }: ProvenBatch): string {
  return `Operator ${getAddress(proof.operator)} signed batch ${proof.number} with ${rows.length} rows (${tx}); with ${rows.filter(({ isPaid }) => isPaid).length} of them paid its outcome hash is ${proof.outcomeHash}.`;
}

function sentencesOfState(header: Header | null, values: readonly DueValue[]): string[] {
  if (header === null) return [];
  return values.map(
    ({ view, answer }) => `In block ${header.number} the contract's storage gives ${view} as ${answer}.`,
  );
}

function sentenceOfPlace({ proof: { block, blockHash, time }, tx }: ProvenBatch | ProvenClaim): string {
  return `That transaction ${tx} is in block ${block} (${blockHash}) of ${printTime(time)}.`;
}

function sentenceOfValue({ contract }: Proof, { view, answer }: DueValue): string {
  return `That the contract agrees: ask any node for ${view} of ${getAddress(contract)}; it must answer ${answer}.`;
}

function sentenceOfToken({ contract, token: { address, symbol, decimals } }: Proof): string {
  return `That amounts are of the token "${symbol}" with ${decimals} decimals: ask any node for token() of ${getAddress(contract)}, which is ${getAddress(address)}, and for symbol() and decimals() of that.`;
}

/** Base units as people read them. */
function moneyOf({ token }: Proof, amount: string | bigint): string {
  return printMoney(BigInt(amount), token);
}

function sentenceOfHeader({ chainId }: Proof, { number, hash, time }: Header): string {
  return `That block ${number} of chain ${chainId} has the hash ${hash} (${printTime(time)}): this one value decides, and any node or explorer shows it.`;
}
