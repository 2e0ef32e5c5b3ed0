import type { AuditReport } from "../../../../audit/audit-report.ts";
import type { ChainReader } from "../../../../audit/chain/chain-reader.ts";
import { createGatherer, type Gathered } from "../../../../audit/proof/gather.ts";
import { MAX_EVENTS, proveAccount, proveLane } from "../../../../audit/proof/make-proof.ts";
import { decodeProof, encodeProof } from "../../../../audit/proof/proof-file.ts";
import { type ProofVerdict, verifyProof } from "../../../../audit/proof/verify-proof.ts";
import type { MadeProof, Row } from "../messages.ts";
import type { MoneyRecord } from "./money-record.ts";

/** What an audit has seen of every batch and claim, for proofs of any of them. */
export class ProofMaker {
  readonly #gatherer = createGatherer(() => true, Number.POSITIVE_INFINITY);
  readonly observer = this.#gatherer.observer;
  readonly #record: MoneyRecord;

  constructor(record: MoneyRecord) {
    this.#record = record;
  }

  /**
   * The file that `floodgate audit prove` writes. A lane of null: about the account.
   * @throws {InputError} LANE_UNUSED, PROOF_IMPOSSIBLE; {ChainError}
   */
  async prove(chain: ChainReader, report: AuditReport, account: string, lane: number | null): Promise<MadeProof> {
    const { contract, token, toBlock: block } = report;
    const ledger = this.#record.ledgerOf(account);
    const isOf = ({ payer, payee }: { payer: string; payee: string }): boolean =>
      payer === ledger.account || payee === ledger.account;
    const gathered =
      lane === null
        ? this.#gather((row) => row.isPaid && isOf(row), isOf)
        : this.#gather(
            (row) => row.payer === ledger.account && row.lane === lane,
            (event) => event.payer === ledger.account && event.lane === lane,
          );
    const source = { chain, contract, token, block, gathered };
    const proof = lane === null ? await proveAccount(source, ledger) : await proveLane(source, ledger.account, lane);
    return { text: encodeProof(proof), verdict: verifyProof(proof) };
  }

  #gather(
    isRow: (row: Row) => boolean,
    isClaim: (event: { readonly payer: string; readonly payee: string; readonly lane: number }) => boolean,
  ): Gathered {
    const { batches, claims } = this.#gatherer.close();
    return {
      batches: batches.filter(({ number }) => this.#record.rowsOf(number)?.some(isRow) ?? false).slice(-MAX_EVENTS),
      claims: claims.filter(({ event }) => isClaim(event)).slice(-MAX_EVENTS),
    };
  }
}

/** Checks a proof file without any network. @throws {ProtocolError} PROOF_INVALID */
export function readProof(text: string): ProofVerdict {
  return verifyProof(decodeProof(text));
}
