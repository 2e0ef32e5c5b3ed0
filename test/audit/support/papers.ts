import type { Hex } from "viem";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { type Batch, encodeBatch, type SettleableLane } from "../../../protocol/contract/batch.ts";
import { batchEvidence, claimEvidence, type Evidence } from "../../../protocol/contract/evidence.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashRelease } from "../../../protocol/signed/release.ts";
import { hashStatement, type SignedStatement, type StatementLane } from "../../../protocol/signed/statement.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashWithdrawal, type Withdrawal } from "../../../protocol/signed/withdrawal.ts";
import { createKey, type Key, type Party, type Stage, type Step } from "./stage.ts";

/** A claim that somebody may make: what T granted, and what the payer promised. */
export interface ClaimPaper {
  readonly payer: Party;
  readonly payee: Party;
  readonly lane: number;
  readonly cap: bigint;
  /** Default: the payer's session key. */
  readonly session?: Key;
  /** Default: the first allotter. */
  readonly allotter?: Key;
}

/** All that people sign on this stage. */
export interface Papers {
  voucher(payer: Party, payee: Party, lane: number, amount: bigint, signer?: Key): SettleableLane;
  statement(payer: Party, lanes: readonly StatementLane[], signer?: Key): SignedStatement;
  /** A call of `claim`, or of `claimWithEvidence`. */
  claim(paper: ClaimPaper, amount: bigint, evidence?: Evidence): Promise<Step>;
  withdrawal(party: Party, terms: Omit<Withdrawal, "account" | "deadline">): Promise<readonly [Withdrawal, Hex]>;
  /** Last second of a release and T's signature. */
  release(account: Address, to: Address, amount: bigint, nonce: number): Promise<readonly [number, Hex]>;
}

/** Life of allotments, seconds: less than A. */
const ALLOTMENT_LIFE = 100;

/** Life of requests and releases, seconds. */
const DEADLINE = 3_600;

export function createPapers(stage: Stage): Papers {
  const separator = hashDomain({ chainId: 31_337, contract: stage.contract });
  const payeeKey = createKey().address;

  const voucher: Papers["voucher"] = (payer, payee, lane, amount, signer = payer.session) => {
    const terms = { payer: payer.account, payee: payee.account, lane, amount };
    const signature = sign(hashVoucher(separator, terms), signer.secret);
    return { ...terms, sessionKey: payer.session.address, signature };
  };
  return {
    voucher,
    statement({ account: payer, session }, lanes, signer = session) {
      const signature = sign(hashStatement(separator, { payer, lanes }), signer.secret);
      return { payer, lanes, sessionKey: session.address, signature };
    },
    async claim({ payer, payee, lane, cap, session = payer.session, allotter = stage.allotter }, amount, evidence) {
      const allotment: Allotment = {
        payer: payer.account,
        payee: payee.account,
        sessionKey: session.address,
        payeeKey,
        lane,
        cap,
        pricePerGiB: 10_000n,
        credit: 1 << 20,
        infoHash: "ab".repeat(20),
        expiresAt: (await stage.now()) + ALLOTMENT_LIFE,
      };
      const granted = bytesToHex(sign(hashAllotment(separator, allotment), allotter.secret));
      const promised = bytesToHex(voucher(payer, payee, lane, amount, session).signature);
      const args = [{ ...allotment, infoHash: `0x${allotment.infoHash}` }, granted, amount, promised];
      return evidence ? ["claimWithEvidence", ...args, evidence] : ["claim", ...args];
    },
    async withdrawal({ account, wallet }, terms) {
      const withdrawal = { account, deadline: (await stage.now()) + DEADLINE, ...terms };
      if (!wallet.sign) throw new Error("this wallet cannot sign");
      return [withdrawal, await wallet.sign({ hash: bytesToHex(hashWithdrawal(separator, withdrawal)) })];
    },
    async release(account, to, amount, nonce) {
      const deadline = (await stage.now()) + DEADLINE;
      const release = { account, to, amount, nonce, deadline };
      return [deadline, bytesToHex(sign(hashRelease(separator, release), stage.allotter.secret))];
    },
  };
}

export function settleStep(batch: Batch): Step {
  return ["settle", bytesToHex(encodeBatch(batch))];
}

/** What a batch paid on a lane; `skipped` names lanes of payers that it did not pay. */
export function evidenceOf(number: number, batch: Batch, skipped: readonly string[], payer: Party, lane: number) {
  const paid = batch.groups.map((group) =>
    group.rows.reduce(
      (bits, row, i) => (skipped.includes(`${group.payer}/${row.lane}`) ? bits : bits | (1n << BigInt(i))),
      0n,
    ),
  );
  return batchEvidence(number, batch, paid, { payer: payer.account, lane });
}

export function evidenceOfClaim(claimant: Party): Evidence {
  return claimEvidence(claimant.account);
}
