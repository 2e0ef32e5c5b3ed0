import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { keccak256 } from "../../../protocol/base/hashes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import {
  type BatchHead,
  buildBatch,
  buildStatementBatch,
  encodeBatch,
  type SettleableLane,
} from "../../../protocol/contract/batch.ts";
import { hashStatement, type SignedStatement, type StatementLane } from "../../../protocol/signed/statement.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { type Cast, FAR_FUTURE, type GasChain } from "./chain.ts";
import { amountOf, type Person } from "./people.ts";

/** Who pays whom in one batch. */
export interface Shape {
  readonly payers: number;
  readonly lanesPerPayer: number;
  /** Payer i pays payee i alone, or each payer pays all. */
  readonly isPairs?: boolean;
  /** Payers pay each other. */
  readonly isMesh?: boolean;
}

export const HEAD: BatchHead = {
  bundleHash: bytesToHex(keccak256(new TextEncoder().encode("audit bundle"))),
  validUntil: FAR_FUTURE,
};

/** Lanes of a bitmap word: the next one costs a payer a further slot. */
const WORD_LANES = 256;

/** Lanes that the authority has given out to a payer in this run; the next one follows. */
export class LaneCounter {
  readonly #last = new Map<string, number>();

  /**
   * Payers begin anywhere in a bitmap word, so that its end falls into a batch as often as it does
   * in practice.
   */
  next({ address }: Person): number {
    const begin = (WORD_LANES * 89 * this.#last.size) / 100;
    const lane = (this.#last.get(address) ?? Math.floor(begin) % WORD_LANES) + 1;
    this.#last.set(address, lane);
    return lane;
  }
}

/** A finished lane of each payer to each of its payees, by payer. */
export function drawLanes({ cast }: GasChain, shape: Shape, lanes: LaneCounter): PayerLanes[] {
  return cast.payers.slice(0, shape.payers).map((payer, i) => {
    const payees = payeesOf(cast, shape, i);
    return {
      payer,
      session: cast.sessions[i] as Person,
      lanes: payees.map(({ address: payee }) => {
        const lane = lanes.next(payer);
        return { payee, lane, amount: amountOf(`${payer.address} ${lane}`) };
      }),
    };
  });
}

function payeesOf(cast: Cast, shape: Shape, payer: number): readonly Person[] {
  if (shape.isMesh) return cast.payers.slice(0, shape.payers).filter((_, i) => i !== payer);
  return shape.isPairs ? cast.payees.slice(payer, payer + 1) : cast.payees.slice(0, shape.lanesPerPayer);
}

export interface PayerLanes {
  readonly payer: Person;
  readonly session: Person;
  readonly lanes: readonly StatementLane[];
}

export function totalOf(drawn: readonly PayerLanes[]): bigint {
  return drawn.flatMap(({ lanes }) => lanes).reduce((sum, { amount }) => sum + amount, 0n);
}

export function signVouchers({ separator }: GasChain, drawn: readonly PayerLanes[]): SettleableLane[] {
  return drawn.flatMap(({ payer, session, lanes }) =>
    lanes.map((lane): SettleableLane => {
      const voucher = { payer: payer.address, ...lane };
      const signature = sign(hashVoucher(separator, voucher), session.privateKey);
      return { ...voucher, sessionKey: session.address, signature };
    }),
  );
}

export function voucherBatch(chain: GasChain, drawn: readonly PayerLanes[]): Uint8Array {
  return encodeBatch(buildBatch(HEAD, signVouchers(chain, drawn)));
}

export function statementBatch({ separator }: GasChain, drawn: readonly PayerLanes[]): Uint8Array {
  const statements = drawn.map(({ payer, session, lanes }): SignedStatement => {
    const statement = { payer: payer.address, lanes };
    const signature = sign(hashStatement(separator, statement), session.privateKey);
    return { ...statement, sessionKey: session.address, signature };
  });
  return encodeBatch(buildStatementBatch(HEAD, statements));
}
