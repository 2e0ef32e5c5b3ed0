import { getAddress, Transaction } from "ethers";
import { decodeCalls } from "../chain/decode-calls.ts";
import type { Call } from "../facts/calls.ts";
import type { Rules } from "../facts/facts.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { refusal } from "./proof-file.ts";

/** What a signed transaction says by itself. */
export interface SignedCalls {
  readonly hash: Hex;
  readonly sender: Address;
  /** Of the contract, in order. */
  readonly calls: readonly Call[];
}

/** Recovers a raw transaction's signer and its calls. @throws {ProtocolError} PROOF_INVALID */
export function readTransaction(rules: Pick<Rules, "chainId" | "contract">, raw: Hex, what: string): SignedCalls {
  const { hash, from, to, chainId, data } = attempt(() => {
    // ethers recovers the sender on first access.
    const { hash, from, to, chainId, data } = Transaction.from(raw);
    return { hash, from, to, chainId, data };
  }, what);
  if (chainId !== rules.chainId) throw refusal(`the transaction of ${what} is of chain ${chainId}`);
  if (to === null || getAddress(to) !== rules.contract)
    throw refusal(`the transaction of ${what} calls another contract`);
  if (from === null || hash === null) throw refusal(`the transaction of ${what} is not signed`);
  return { hash, sender: from, calls: attempt(() => decodeCalls(from, data), what) };
}

/** Changed bytes can fail at every step of reading them. */
function attempt<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch {
    throw refusal(`the transaction of ${what} cannot be read`);
  }
}
