import { getAddress } from "ethers";
import { FloodgateError, InputError } from "../../protocol/base/errors.ts";
import type { Rules } from "../facts/facts.ts";
import { printMoney, type TokenFacts } from "../facts/money-text.ts";
import type { Address } from "../facts/primitives.ts";
import type { ChainReader } from "./chain-reader.ts";
import { createViewReader } from "./read-state.ts";

/** A Floodgate contract, as it describes itself. */
export interface AuditedContract {
  readonly rules: Rules;
  readonly token: TokenFacts;
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

/**
 * Reads what never changes about the contract.
 * @throws {ChainError}; {InputError} CONTRACT_MISSING, CONTRACT_OTHER
 */
export async function readContract(chain: ChainReader, given: string, block: number): Promise<AuditedContract> {
  const contract = getAddress(given.toLowerCase());
  if (!(await hasCode(chain, contract, block)))
    throw new InputError("CONTRACT_MISSING", `there is no contract at ${contract}: check --contract and --rpc`);
  try {
    const [address] = await createViewReader(chain, { contract, token: contract }, block).floodgate("token");
    const view = createViewReader(chain, { contract, token: address }, block);
    const [[allotmentPeriod], [claimPeriod]] = [
      await view.floodgate("allotmentPeriod"),
      await view.floodgate("claimPeriod"),
    ];
    const [[decimals], [symbol]] = [await view.token("decimals"), await view.token("symbol")];
    const token = { address, symbol: String(symbol), decimals: Number(decimals) };
    const [period, claims] = [Number(allotmentPeriod), Number(claimPeriod)];
    return {
      rules: { chainId: chain.chainId, contract, allotmentPeriod: period, claimPeriod: claims },
      token,
      money: (amount) => printMoney(amount, token),
    };
  } catch (cause) {
    const isOther = cause instanceof FloodgateError && ["CALL_REFUSED", "RPC_ANSWER_INVALID"].includes(cause.code);
    if (!isOther) throw cause;
    throw new InputError("CONTRACT_OTHER", `the contract at ${contract} is no Floodgate contract: check --contract`, {
      cause,
    });
  }
}

/** The block of the contract's creation: the first with its code. Old state is needed. */
export async function findCreation(chain: ChainReader, contract: Address, last: number): Promise<number> {
  let [without, withCode] = [-1, last];
  while (withCode - without > 1) {
    const middle = Math.floor((without + withCode) / 2);
    if (await hasCode(chain, contract, middle)) withCode = middle;
    else without = middle;
  }
  return withCode;
}

/** @throws {InputError} FROM_BLOCK_TOO_LATE */
export async function checkFromBlock(chain: ChainReader, contract: Address, given: number): Promise<void> {
  if (given === 0 || !(await hasCode(chain, contract, given - 1))) return;
  throw new InputError(
    "FROM_BLOCK_TOO_LATE",
    `the contract is older than block ${given}: give an earlier --from-block`,
  );
}

async function hasCode(chain: ChainReader, address: Address, block: number): Promise<boolean> {
  return (await chain.code(address, block)) !== "0x";
}
