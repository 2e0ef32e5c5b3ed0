import { concatBytes, hexToBytes, writeUint } from "../base/bytes.ts";
import { InputError } from "../base/errors.ts";
import { keccak256 } from "../base/hashes.ts";
import type { Address } from "../base/ids.ts";
import type { Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash } from "./typed-data.ts";

/** One finished lane in a statement. */
export interface StatementLane {
  readonly payee: Address;
  readonly lane: number;
  /** Total of the lane, base units. */
  readonly amount: Amount;
}

/** A payer's word about many finished lanes at once: one signature settles them all. */
export interface Statement {
  readonly payer: Address;
  /** 1 to MAX_STATEMENT_LANES, lane numbers strictly ascending. */
  readonly lanes: readonly StatementLane[];
}

export interface SignedStatement extends Statement {
  readonly sessionKey: Address;
  /** By `sessionKey`, which the allotment of each lane names. */
  readonly signature: Signature;
}

/** One group of a settlement batch. */
export const MAX_STATEMENT_LANES = 255;

export const STATEMENT_TYPE = "Statement(address payer,bytes32 lanesHash)";
const TYPE_HASH = typeHash(STATEMENT_TYPE);

const LANE_BYTES = 20 + 4 + 12;

/** 32 bytes: what the session key signs. @throws {InputError} STATEMENT_INVALID */
export function hashStatement(separator: DomainSeparator, { payer, lanes }: Statement): Uint8Array {
  return hashTypedData(separator, TYPE_HASH, addressWord(payer), hashLanes(lanes));
}

/**
 * keccak-256 of payee (20) | lane (4) | amount (12) of each lane.
 * @throws {InputError} STATEMENT_INVALID
 */
export function hashLanes(lanes: readonly StatementLane[]): Uint8Array {
  if (lanes.length === 0 || lanes.length > MAX_STATEMENT_LANES)
    throw new InputError("STATEMENT_INVALID", `a statement has 1 to ${MAX_STATEMENT_LANES} lanes, not ${lanes.length}`);
  const isAscending = lanes.every(({ lane }, i) => i === 0 || (lanes[i - 1] as StatementLane).lane < lane);
  if (!isAscending) throw new InputError("STATEMENT_INVALID", "the lanes of a statement ascend strictly");
  return keccak256(concatBytes(...lanes.map(encodeLane)));
}

function encodeLane({ payee, lane, amount }: StatementLane): Uint8Array {
  const bytes = new Uint8Array(LANE_BYTES);
  bytes.set(hexToBytes(payee), 0);
  writeUint(bytes, 20, 4, lane);
  writeUint(bytes, 24, 12, amount);
  return bytes;
}
