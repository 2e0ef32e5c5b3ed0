import { getAddress } from "ethers";
import type { CallOf } from "../facts/calls.ts";
import type { Rules } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";
import { domainSeparatorOf, recoverAllotter, recoverVoucherSigner } from "../signatures/signatures.ts";
import { type ClaimProof, refusal } from "./proof-file.ts";
import { readTransaction } from "./signed-call.ts";

export interface ProvenClaim {
  readonly proof: ClaimProof;
  readonly tx: Hex;
  /** The call, with what was signed. */
  readonly call: CallOf<"claim">;
}

/**
 * Checks that an allotment and the payer's voucher back a claim.
 * @throws {ProtocolError} PROOF_INVALID
 */
export function checkClaim(contract: Pick<Rules, "chainId" | "contract">, proof: ClaimProof): ProvenClaim {
  const what = `the claim on lane ${proof.lane}`;
  const { hash, sender, calls } = readTransaction(contract, proof.transaction, what);
  const [payer, payee, allotter] = [proof.payer, proof.payee, proof.allotter].map((text) => getAddress(text));
  const [amount, totalPaid, fromBond] = [BigInt(proof.amount), BigInt(proof.totalPaid), BigInt(proof.fromBond)];
  if (amount <= 0n || fromBond < 0n || fromBond > amount || totalPaid < amount)
    throw refusal(`the amounts of ${what} do not fit together`);
  const domain = domainSeparatorOf(contract);
  const isBacked = (call: CallOf<"claim">): boolean => {
    const { allotment } = call;
    if (allotment.payer !== payer || allotment.payee !== payee || allotment.lane !== proof.lane) return false;
    const promise = { payer, payee, lane: proof.lane, amount: call.amount };
    return (
      recoverAllotter(domain, allotment, call.allotmentSignature) === allotter &&
      recoverVoucherSigner(domain, promise, call.voucherSignature) === allotment.sessionKey &&
      totalPaid <= call.amount &&
      totalPaid <= allotment.cap
    );
  };
  const call = calls.find(
    (candidate): candidate is CallOf<"claim"> => candidate.kind === "claim" && isBacked(candidate),
  );
  if (!call)
    throw refusal(`${what}, sent by ${sender}, is not backed by an allotment and a voucher that reach its amount`);
  return { proof, tx: hash, call };
}
