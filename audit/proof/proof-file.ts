import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "../../protocol/base/errors.ts";

/**
 * A proof as a file: JSON that anyone checks offline. Amounts are decimal strings of base units.
 */

const AddressText = Type.String({ pattern: "^0x[0-9a-f]{40}$" });
const HashText = Type.String({ pattern: "^0x[0-9a-f]{64}$" });
const BytesText = Type.String({ pattern: "^0x([0-9a-f]{2})*$" });
const AmountText = Type.String({ pattern: "^(0|-?[1-9][0-9]{0,28})$" });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A symbol is foreign text: nothing in it may move a terminal's cursor. */
const SymbolText = Type.String({ pattern: "^[\\x20-\\x7e]{0,20}$" });
const strict = { additionalProperties: false };

/** Where a transaction stands. */
const At = { block: Count, blockHash: HashText, time: Count, transaction: BytesText };

const BatchProof = Type.Object(
  {
    number: Count,
    operator: AddressText,
    outcomeHash: HashText,
    /** Which of its transaction's `settle` calls, from 0. */
    call: Count,
    /** Of each group, as bits: bit i: row i was paid. */
    paidRows: Type.Array(Type.String({ pattern: "^0x(0|[1-9a-f][0-9a-f]*)$" })),
    ...At,
  },
  strict,
);

const ClaimProof = Type.Object(
  {
    payer: AddressText,
    payee: AddressText,
    lane: Count,
    amount: AmountText,
    totalPaid: AmountText,
    fromBond: AmountText,
    allotter: AddressText,
    ...At,
  },
  strict,
);

const EntryProof = Type.Object(
  {
    kind: Type.String({ pattern: "^[a-z-]{1,20}$" }),
    amount: AmountText,
    fee: AmountText,
    balance: AmountText,
    counterparty: Type.Union([AddressText, Type.Null()]),
    batch: Type.Union([Count, Type.Null()]),
    lane: Type.Union([Count, Type.Null()]),
    block: Count,
    time: Count,
    tx: Type.Union([HashText, Type.Null()]),
  },
  strict,
);

/** The contract's storage at one block, from its header (eth_getProof, EIP-1186). */
const StateProof = Type.Object(
  {
    header: BytesText,
    contract: Type.Array(BytesText),
    /** Nodes of each slot, in the order of `slotsOf`. */
    slots: Type.Array(Type.Array(BytesText)),
  },
  strict,
);

const ProofSchema = Type.Object(
  {
    kind: Type.Literal("floodgate-proof"),
    version: Type.Literal(2),
    chainId: Count,
    contract: AddressText,
    /** What amounts count. */
    token: Type.Object(
      { address: AddressText, symbol: SymbolText, decimals: Type.Integer({ minimum: 0, maximum: 255 }) },
      strict,
    ),
    subject: Type.Union([
      Type.Object({ payer: AddressText, lane: Count }, strict),
      Type.Object({ account: AddressText, balance: AmountText, block: Count, blockHash: HashText }, strict),
    ]),
    batches: Type.Array(BatchProof),
    claims: Type.Array(ClaimProof),
    /** The account's last movements; none in a proof about a lane. */
    entries: Type.Array(EntryProof),
    state: Type.Union([StateProof, Type.Null()]),
  },
  strict,
);

export type Proof = Static<typeof ProofSchema>;
export type BatchProof = Static<typeof BatchProof>;
export type ClaimProof = Static<typeof ClaimProof>;
export type EntryProof = Static<typeof EntryProof>;
export type StateProof = Static<typeof StateProof>;

export function encodeProof(proof: Proof): string {
  return `${JSON.stringify(proof, null, 1)}\n`;
}

/**
 * Reads only what `encodeProof` writes: another spelling of the same values is refused.
 * @throws {ProtocolError} PROOF_INVALID
 */
export function decodeProof(text: string): Proof {
  const proof = parse(text);
  if (!Value.Check(ProofSchema, proof)) {
    const [first] = Value.Errors(ProofSchema, proof);
    throw refusal(`it is not a Floodgate proof: ${first?.instancePath ?? ""} ${first?.message ?? ""}`.trim());
  }
  if (encodeProof(proof) !== text) throw refusal("it was written by another program, or changed");
  return proof;
}

/** This proof proves nothing, and why. */
export function refusal(why: string): ProtocolError {
  return new ProtocolError("PROOF_INVALID", `the proof does not hold: ${why}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("it is not JSON");
  }
}
