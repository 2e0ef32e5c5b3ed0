import { getAddress, toBigInt } from "ethers";
import { type Batch, type BatchGroup, type BatchRow, readBatch } from "../facts/batch-bytes.ts";
import type { Rules } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";
import { leafOfGroup, rootOf } from "../replay/outcome.ts";
import { domainSeparatorOf, recoverStatementSigner, recoverVoucherSigner } from "../signatures/signatures.ts";
import { type BatchProof, refusal } from "./proof-file.ts";
import { readTransaction } from "./signed-call.ts";

type Contract = Pick<Rules, "chainId" | "contract">;

export interface ProvenRow {
  readonly group: BatchGroup;
  readonly row: BatchRow;
  readonly isPaid: boolean;
}

export interface ProvenBatch {
  readonly proof: BatchProof;
  readonly tx: Hex;
  readonly rows: readonly ProvenRow[];
}

/** Checks all that a batch's own bytes can show. @throws {ProtocolError} PROOF_INVALID */
export function checkBatch(contract: Contract, proof: BatchProof): ProvenBatch {
  const what = `batch ${proof.number}`;
  const { hash, sender, calls } = readTransaction(contract, proof.transaction, what);
  if (sender !== getAddress(proof.operator)) throw refusal(`${what} was signed by ${sender}, not by ${proof.operator}`);
  const call = calls.filter(({ kind }) => kind === "settle")[proof.call];
  if (call?.kind !== "settle") throw refusal(`the transaction of ${what} settles no such batch`);
  const batch = readBatch(call.batch);
  if (typeof batch === "string") throw refusal(`${what} cannot be read: ${batch}`);
  const bits = bitsOf(batch, proof, what);
  const outcome = rootOf(batch.groups.map(({ payer, rows }, i) => leafOfGroup(payer, rows, bits[i] as bigint)));
  if (outcome !== proof.outcomeHash) throw refusal(`the rows of ${what} give outcome hash ${outcome}`);
  const rows = batch.groups.flatMap((group, i) =>
    group.rows.map((row, at) => ({ group, row, isPaid: (((bits[i] as bigint) >> BigInt(at)) & 1n) === 1n })),
  );
  return { proof, tx: hash, rows };
}

/**
 * Checks that the payer's session key signed the row, in its voucher or in its group's statement.
 * @throws {ProtocolError} PROOF_INVALID
 */
export function checkRowSignature(contract: Contract, { group, row }: ProvenRow): void {
  const domain = domainSeparatorOf(contract);
  const { payer, sessionKey, rows, signature } = group;
  const signer =
    signature === null
      ? recoverVoucherSigner(domain, { ...row, payer }, row.signature ?? "0x")
      : recoverStatementSigner(domain, { payer, rows }, signature);
  if (signer !== sessionKey)
    throw refusal(`lane ${row.lane} of ${payer} is signed by ${signer ?? "nobody"}, not by ${sessionKey}`);
}

function bitsOf({ groups }: Batch, { paidRows }: BatchProof, what: string): bigint[] {
  const bits = paidRows.map((word) => toBigInt(word));
  const fits =
    bits.length === groups.length && groups.every(({ rows }, i) => (bits[i] as bigint) >> BigInt(rows.length) === 0n);
  if (!fits) throw refusal(`the paid rows of ${what} are not of its groups`);
  return bits;
}
