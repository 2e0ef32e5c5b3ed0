import { getAddress } from "ethers";
import { printTime } from "../books/time-text.ts";
import { checkBatch, checkRowSignature, type ProvenBatch } from "./check-batch.ts";
import { checkClaim, type ProvenClaim } from "./check-claim.ts";
import { checkEntries } from "./check-entries.ts";
import { checkState, type DueValue, dueValuesOf } from "./check-state.ts";
import type { Header } from "./header.ts";
import { type Proof, refusal } from "./proof-file.ts";

/** What a proof shows, in sentences. Amounts are base units. */
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
    subject: `${about.subject}, in the contract ${proof.contract} on chain ${chainId}`,
    proven: [...about.proven, ...batches.map(sentenceOfBatch), ...sentencesOfState(header, values)],
    trusted: [
      ...about.trusted,
      ...claims.map(sentenceOfPayment),
      ...[...batches, ...claims].map(sentenceOfPlace),
      ...(header === null ? values.map((value) => sentenceOfValue(proof, value)) : [sentenceOfHeader(proof, header)]),
      `That ${proof.contract} is a Floodgate contract: compare its code with the published one.`,
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
    const [payee, session] = [row.payee.toLowerCase(), group.sessionKey.toLowerCase()];
    if (!isPaid) return `Batch ${number} skipped its row of ${row.amount} to ${payee}: it paid nothing on the lane.`;
    checkRowSignature(contract, found);
    const signed = group.signature === null ? "a voucher" : `a statement of ${group.rows.length} lanes`;
    return `Batch ${number} paid ${row.amount} to ${payee}, as session key ${session} of the payer signed in ${signed}.`;
  });
  const byClaim = claims.map((one) => {
    const { proof: claim } = one;
    if (claim.payer !== payer || claim.lane !== lane) throw refusal("it holds a claim on another lane");
    return sentenceOfClaim(one);
  });
  return { subject: `Lane ${lane} of ${payer}`, proven: [...byBatch, ...byClaim], trusted: [] };
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
    subject: `The balance of ${account} at block ${block} (${blockHash}): ${balance}`,
    proven: [...proven, ...claims.map(sentenceOfClaim)],
    trusted: [`That the balance was ${before} before the first of these movements.`, ...told],
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
function sentenceOfClaim({
  proof: { payer, payee, lane, allotter },
  call: { amount, allotment },
}: ProvenClaim): string {
  const session = allotment.sessionKey.toLowerCase();
  return `For lane ${lane} of ${payer}, allotter ${allotter} allotted ${payee} up to ${allotment.cap}, and session key ${session} promised it ${amount}: claims may pay at most the smaller of the two.`;
}

function sentenceOfPayment({ proof: { lane, payee, amount, fromBond, totalPaid }, tx }: ProvenClaim): string {
  return `That claim ${tx} paid ${amount} to ${payee}, ${fromBond} of it from the bond, and ${totalPaid} in all on lane ${lane}.`;
}

function sentenceOfBatch({ proof, tx, rows }: ProvenBatch): string {
  return `Operator ${proof.operator} signed batch ${proof.number} with ${rows.length} rows (${tx}); with ${rows.filter(({ isPaid }) => isPaid).length} of them paid its outcome hash is ${proof.outcomeHash}.`;
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
  return `That the contract agrees: ask any node for ${view} of ${contract}; it must answer ${answer}.`;
}

function sentenceOfHeader({ chainId }: Proof, { number, hash, time }: Header): string {
  return `That block ${number} of chain ${chainId} has the hash ${hash} (${printTime(time)}): this one value decides, and any node or explorer shows it.`;
}
