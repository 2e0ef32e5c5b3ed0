import { decodeRlp, getAddress, toBigInt } from "ethers";
import type { Hex } from "../facts/primitives.ts";
import { decodeHeader, type Header } from "./header.ts";
import { type Proof, refusal, type StateProof } from "./proof-file.ts";
import { accountSlot, amountIn, outcomeSlot, paidSlot } from "./slots.ts";
import { readTrie } from "./trie.ts";

/** One value that the contract must hold, and how anyone can ask a node for it. */
export interface DueValue {
  readonly slot: Hex;
  readonly due: bigint;
  /** Takes the value out of its slot. */
  readonly read: (word: bigint) => bigint;
  /** Like "outcomeHash(3)". */
  readonly view: string;
  readonly answer: string;
}

/** What the contract's storage must hold if the proof is right, in the order of its slots. */
export function dueValuesOf({ subject, batches, claims }: Proof): DueValue[] {
  const outcomes = batches.map(({ number, outcomeHash }): DueValue => {
    const slot = outcomeSlot(number);
    return {
      slot,
      due: toBigInt(outcomeHash),
      read: (word) => word,
      view: `outcomeHash(${number})`,
      answer: outcomeHash,
    };
  });
  // The last claim of a lane and a payee says what they were paid in all.
  const last = new Map(claims.map((claim) => [`${claim.payer}/${claim.lane}/${claim.payee}`, claim]));
  const paid = [...last.values()].map(({ payer, lane, payee, totalPaid }): DueValue => {
    const slot = paidSlot(payer, lane, payee);
    const view = `paid(${getAddress(payer)}, ${lane}, ${getAddress(payee)})`;
    return { slot, due: BigInt(totalPaid), read: amountIn, view, answer: `${totalPaid} base units as its amount` };
  });
  if (!("account" in subject)) return [...outcomes, ...paid];
  const { account, balance } = subject;
  const slot = accountSlot(account);
  const view = `accountOf(${getAddress(account)})`;
  return [
    ...outcomes,
    ...paid,
    { slot, due: BigInt(balance), read: amountIn, view, answer: `${balance} base units as its balance` },
  ];
}

/**
 * Follows the contract's storage from a block's header to each value.
 * @throws {ProtocolError} PROOF_INVALID
 */
export function checkState(
  { header: bytes, contract: nodes, slots }: StateProof,
  contract: Hex,
  values: readonly DueValue[],
): Header {
  const header = attempt(() => decodeHeader(bytes));
  if (header === null) throw refusal("its block header cannot be read");
  const storageRoot = storageRootOf(read(header.stateRoot, getAddress(contract), nodes));
  if (slots.length !== values.length) throw refusal("it has not one storage proof for each value");
  for (const [i, { slot, due, read: take, view }] of values.entries()) {
    const leaf = read(storageRoot, slot, slots[i] as Hex[]);
    const word = leaf === null ? 0n : toBigInt(String(attempt(() => decodeRlp(leaf)) ?? "0x0"));
    const found = take(word);
    if (found !== due) throw refusal(`in block ${header.number} the contract holds another value of ${view}`);
  }
  return header;
}

function read(root: Hex, key: Hex, nodes: readonly Hex[]): Hex | null {
  const found = attempt(() => readTrie(root, key, nodes)) ?? "its storage proof cannot be read";
  if (typeof found === "string") throw refusal(found);
  return found.value;
}

/** An account in the state trie: nonce, balance, storage root, code hash. */
function storageRootOf(leaf: Hex | null): Hex {
  const fields = leaf === null ? null : attempt(() => decodeRlp(leaf));
  const root = Array.isArray(fields) ? fields[2] : undefined;
  if (typeof root !== "string") throw refusal("in its block there is no contract at this address");
  return root;
}

/** Null for bytes that are not RLP. */
function attempt<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
