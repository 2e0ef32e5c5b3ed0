import { type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { SettleableLane } from "../../../protocol/contract/batch.ts";
import type { Evidence } from "../../../protocol/contract/evidence.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashRelease } from "../../../protocol/signed/release.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { hashStatement, type SignedStatement } from "../../../protocol/signed/statement.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashInstantWithdrawal, hashWithdrawal } from "../../../protocol/signed/withdrawal.ts";
import type { Step } from "./chain.ts";
import { CHAIN_ID } from "./constants.ts";
import { type Key, signAsWallet, signCompact } from "./people.ts";

/** Everything that is signed off-chain, for one contract. */
export type Papers = ReturnType<typeof createPapers>;

export function createPapers(contract: `0x${string}`) {
  const separator = hashDomain({ chainId: CHAIN_ID, contract });
  const signs =
    <T>(hash: (separator: DomainSeparator, terms: T) => Uint8Array, sign: (key: Key, digest: Uint8Array) => Hex) =>
    (terms: T, key: Key): Hex =>
      sign(key, hash(separator, terms));
  return {
    voucher: signs(hashVoucher, signCompact),
    statement: signs(hashStatement, signCompact),
    allotment: signs(hashAllotment, signCompact),
    receipt: signs(hashReceipt, signCompact),
    release: signs(hashRelease, signCompact),
    authorization: signs(hashSessionAuthorization, signAsWallet),
    withdrawal: signs(hashWithdrawal, signAsWallet),
    instantWithdrawal: signs(hashInstantWithdrawal, signAsWallet),
  };
}

/** A row that a batch can settle by its voucher. */
export function voucherRow(papers: Papers, row: Omit<SettleableLane, "signature">, key: Key): SettleableLane {
  return { ...row, signature: hexToBytes(papers.voucher(row, key)) };
}

/** Rows that a batch can settle by one statement. */
export function signStatement(
  papers: Papers,
  statement: Omit<SignedStatement, "signature">,
  key: Key,
): SignedStatement {
  return { ...statement, signature: hexToBytes(papers.statement(statement, key)) };
}

/** An allotment that an allotter signed. */
export interface Granted {
  readonly allotment: Allotment;
  readonly allotmentSignature: Hex;
  /** The payer's session key of that time. */
  readonly session: Key;
}

/** A payee takes a voucher of this amount to the chain. */
export function claimStep(papers: Papers, granted: Granted, amount: bigint, evidence: Evidence | null): Step {
  const { allotment, allotmentSignature, session } = granted;
  const { payer, payee, lane } = allotment;
  const voucherSignature = papers.voucher({ payer, payee, lane, amount }, session);
  const args = [{ ...allotment, infoHash: `0x${allotment.infoHash}` }, allotmentSignature, amount, voucherSignature];
  return evidence === null ? ["claim", ...args] : ["claimWithEvidence", ...args, evidence];
}
