import { Transaction, type TransactionResponse } from "ethers";
import { InputError, ProtocolError } from "../../protocol/base/errors.ts";
import type { Ledger, LedgerEntry } from "../books/ledger.ts";
import type { ChainReader } from "../chain/chain-reader.ts";
import type { TokenFacts } from "../facts/money-text.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { dueValuesOf } from "./check-state.ts";
import type { Gathered, GatheredBatch, GatheredClaim } from "./gather.ts";
import { encodeHeader } from "./header.ts";
import type { BatchProof, ClaimProof, EntryProof, Proof, StateProof } from "./proof-file.ts";
import { verifyProof } from "./verify-proof.ts";

/** Movements, batches and claims in a proof, at most. */
export const MAX_EVENTS = 50;

export interface ProofSource {
  readonly chain: ChainReader;
  readonly contract: Address;
  readonly token: TokenFacts;
  /** The last block of the audit. */
  readonly block: number;
  readonly gathered: Gathered;
}

/** @throws {InputError} LANE_UNUSED, PROOF_IMPOSSIBLE; {ChainError} RPC_UNAVAILABLE */
export async function proveLane(source: ProofSource, payer: Address, lane: number): Promise<Proof> {
  const { batches, claims } = source.gathered;
  if (batches.length + claims.length === 0)
    throw new InputError("LANE_UNUSED", `no batch and no claim that could be seen used lane ${lane} of ${payer}`);
  const events = await writeEvents(source, source.gathered);
  if (events.batches.length + events.claims.length < batches.length + claims.length) {
    const why = "was used through another contract, or by an unknown type of transaction";
    throw new InputError("PROOF_IMPOSSIBLE", `lane ${lane} of ${payer} ${why}: what was signed does not show it`);
  }
  return complete(source, { payer: payer.toLowerCase(), lane }, events, []);
}

/**
 * Movements that no signed transaction shows are told without proof.
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function proveAccount(source: ProofSource, { account, entries, balance }: Ledger): Promise<Proof> {
  const { block, chain, gathered } = source;
  const last = entries.slice(-MAX_EVENTS);
  const events = {
    batches: gathered.batches.filter(({ number }) => last.some(({ batch, lane }) => batch === number && lane !== null)),
    claims: gathered.claims,
  };
  const { hash } = await chain.rawBlock(block);
  const subject = { account: account.toLowerCase(), balance: String(balance), block, blockHash: String(hash) };
  return complete(source, subject, await writeEvents(source, events), last.map(writeEntry));
}

function writeToken({ address, symbol, decimals }: TokenFacts): Proof["token"] {
  const printable = symbol.replace(/[^\x20-\x7e]/g, "?").slice(0, 20);
  return { address: address.toLowerCase(), symbol: printable, decimals };
}

type Events = Pick<Proof, "batches" | "claims">;

/** Leaves out what the signed transaction does not show. */
async function writeEvents({ chain, contract }: ProofSource, { batches, claims }: Gathered): Promise<Events> {
  const written: { batches: BatchProof[]; claims: ClaimProof[] } = { batches: [], claims: [] };
  for (const batch of batches) {
    const raw = await readRaw(chain, contract, batch.tx);
    if (raw !== null) written.batches.push(writeBatch(batch, raw));
  }
  const hidden = new Set<string>();
  for (const claim of claims) {
    const raw = await readRaw(chain, contract, claim.tx);
    if (raw === null) hidden.add(laneOf(claim.event));
    else written.claims.push(writeClaim(claim, raw));
  }
  // The last claim of a lane tells what the contract holds. Without it the earlier ones tell too
  // little.
  return { ...written, claims: written.claims.filter((claim) => !hidden.has(laneOf(claim))) };
}

function laneOf({ payer, lane, payee }: Pick<ClaimProof, "payer" | "lane" | "payee">): string {
  return `${payer}/${lane}/${payee}`.toLowerCase();
}

/**
 * Adds the contract's storage if the node and the chain offer it, and checks the whole as a reader
 * does.
 */
async function complete(
  source: ProofSource,
  subject: Proof["subject"],
  events: Events,
  entries: EntryProof[],
): Promise<Proof> {
  const { chain, contract, token } = source;
  const bare: Proof = {
    kind: "floodgate-proof",
    version: 2,
    chainId: Number(chain.chainId),
    contract: contract.toLowerCase(),
    token: writeToken(token),
    subject,
    ...events,
    entries,
    state: null,
  };
  verifyProof(bare);
  const state = await readState(source, bare);
  return state !== null && holds({ ...bare, state }) ? { ...bare, state } : bare;
}

async function readState({ chain, contract, block }: ProofSource, proof: Proof): Promise<StateProof | null> {
  const slots = dueValuesOf(proof).map(({ slot }) => slot);
  const header = encodeHeader(await chain.rawBlock(block));
  const proven = header === null ? null : await chain.storageProof(contract, slots, block);
  if (header === null || proven === null) return null;
  return {
    header,
    contract: [...proven.accountProof],
    slots: proven.storageProof.map(({ proof: nodes }) => [...nodes]),
  };
}

/**
 * A chain may keep its state in another way than Ethereum: then the proof names values to compare.
 */
function holds(proof: Proof): boolean {
  try {
    verifyProof(proof);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

interface Raw {
  readonly transaction: Hex;
  readonly blockHash: Hex;
}

/**
 * The transaction as it was signed, from the node's fields. Null: it does not call the contract
 * itself.
 */
async function readRaw(chain: ChainReader, contract: Address, hash: Hex): Promise<Raw | null> {
  const found = await chain.transaction(hash);
  const transaction = found.to === contract ? serialize(found) : null;
  return transaction === null || found.blockHash === null ? null : { transaction, blockHash: found.blockHash };
}

function serialize(found: TransactionResponse): Hex | null {
  const {
    type,
    to,
    nonce,
    gasLimit,
    gasPrice,
    maxPriorityFeePerGas,
    maxFeePerGas,
    data,
    value,
    chainId,
    signature,
    accessList,
  } = found;
  const fees = type >= 2 ? { maxPriorityFeePerGas, maxFeePerGas } : { gasPrice };
  const fields = {
    type,
    to,
    nonce,
    gasLimit,
    data,
    value,
    chainId,
    signature,
    accessList: accessList ?? null,
    ...fees,
  };
  try {
    const rebuilt = Transaction.from(fields);
    return rebuilt.hash === found.hash ? rebuilt.serialized : null;
  } catch {
    return null;
  }
}

function writeBatch(batch: GatheredBatch, { transaction, blockHash }: Raw): BatchProof {
  const { number, operator, outcomeHash, call, paidRows, block, time } = batch;
  return {
    number,
    operator: operator.toLowerCase(),
    outcomeHash,
    call,
    paidRows: paidRows.map((bits) => `0x${bits.toString(16)}`),
    block,
    blockHash,
    time,
    transaction,
  };
}

function writeClaim({ event, block, time }: GatheredClaim, { transaction, blockHash }: Raw): ClaimProof {
  const { payer, payee, lane, amount, totalPaid, fromBond, allotter } = event;
  return {
    payer: payer.toLowerCase(),
    payee: payee.toLowerCase(),
    lane,
    amount: String(amount),
    totalPaid: String(totalPaid),
    fromBond: String(fromBond),
    allotter: allotter.toLowerCase(),
    block,
    blockHash,
    time,
    transaction,
  };
}

function writeEntry({
  kind,
  amount,
  fee,
  balance,
  counterparty,
  batch,
  lane,
  block,
  time,
  tx,
}: LedgerEntry): EntryProof {
  return {
    kind,
    amount: String(amount),
    fee: String(fee),
    balance: String(balance),
    counterparty: counterparty?.toLowerCase() ?? null,
    batch,
    lane,
    block,
    time,
    tx,
  };
}
