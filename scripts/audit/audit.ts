import { getAddress } from "ethers";
import { InputError } from "../../protocol/errors.ts";
import { FLOODGATE } from "./abi.ts";
import { type ChainReader, openChain } from "./chain-reader.ts";
import { CHECKS, type CheckName, type Finding, type NotChecked } from "./checks.ts";
import { compareState } from "./compare-state.ts";
import { findContractWallets } from "./contract-wallets.ts";
import type { Address, Hex } from "./facts.ts";
import { printMoney, type TokenFacts } from "./money-text.ts";
import type { Observer } from "./observer.ts";
import { readHistory } from "./read-history.ts";
import { createViewReader, readState, type ViewReader } from "./read-state.ts";
import { replay } from "./replay.ts";
import { domainSeparatorOf } from "./signatures.ts";
import { checkSolvency } from "./solvency.ts";
import { type AllotterState, type BondState, sumOfDebts } from "./state.ts";
import type { Tallies } from "./tallies.ts";

/** What the audit found. Amounts are base units, times seconds since 1970. */
export interface AuditReport {
  /** No check failed. `notChecked` says what could not be seen. */
  readonly ok: boolean;
  readonly chainId: bigint;
  readonly contract: Address;
  readonly token: TokenFacts;
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly transactions: number;
  readonly accounts: number;
  /** Tokens that the contract holds, and the sum of all balances and the bond by its history. */
  readonly held: bigint;
  readonly owed: bigint;
  /** By its history, too. */
  readonly bond: Readonly<BondState>;
  readonly allotters: readonly ({ readonly allotter: Address } & Readonly<AllotterState>)[];
  readonly tallies: Readonly<Tallies>;
  readonly checks: readonly { readonly number: number; readonly sentence: string; readonly findings: number }[];
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

/**
 * Replays the contract's whole history from logs and calldata, and compares the outcome with the contract's state.
 * @throws {ChainError} RPC_UNAVAILABLE; {InputError} URL_INVALID, CONTRACT_MISSING, CONTRACT_OTHER, FROM_BLOCK_TOO_LATE
 */
export async function runAudit(options: {
  readonly rpcUrl: string;
  readonly contract: string;
  /** Not after the contract's creation; null: looked up. */
  readonly fromBlock: number | null;
  readonly observers?: () => readonly Observer[];
  readonly signal: AbortSignal;
}): Promise<AuditReport> {
  const chain = await openChain(options.rpcUrl, options.signal);
  const contract = getAddress(options.contract.toLowerCase());
  const toBlock = await chain.latestBlock();
  if (!(await hasCode(chain, contract, toBlock)))
    throw new InputError("CONTRACT_MISSING", `there is no contract at ${contract}: check --contract and --rpc`);
  const fromBlock = await firstBlock(chain, contract, options.fromBlock, toBlock);
  const token = getAddress(await readToken(chain, contract, toBlock));
  const view = createViewReader(chain, { contract, token }, toBlock);
  const [allotmentPeriod, claimPeriod] = [await view.floodgate("allotmentPeriod"), await view.floodgate("claimPeriod")];
  const rules = {
    chainId: chain.chainId,
    contract,
    allotmentPeriod: Number(allotmentPeriod[0]),
    claimPeriod: Number(claimPeriod[0]),
  };
  const tokenFacts = await readTokenFacts(view, token);
  const money = (amount: bigint): string => printMoney(amount, tokenFacts);

  const history = await readHistory(chain, { contract, token, fromBlock, toBlock });
  const contractWallets = await findContractWallets(chain, domainSeparatorOf(rules), history);
  const time = await chain.time(toBlock);
  const observers = options.observers?.() ?? [];
  const replayed = replay({ rules, history, contractWallets, money, observers, end: { block: toBlock, time } });
  const actual = await readState(view, replayed.state);
  const [held] = await view.token("balanceOf", contract);
  const { clouded, cloudedNonces } = replayed;
  const findings = [
    ...replayed.findings,
    ...compareState({ replayed: replayed.state, actual, clouded, cloudedNonces, time }),
    ...checkSolvency(actual, held, money),
  ];
  return {
    ok: findings.length === 0,
    chainId: chain.chainId,
    contract,
    token: tokenFacts,
    fromBlock,
    toBlock,
    transactions: history.length,
    accounts: replayed.state.accounts.size,
    held,
    owed: sumOfDebts(replayed.state),
    bond: replayed.state.bond,
    allotters: [...replayed.state.allotters].map(([allotter, state]) => ({ allotter, ...state })),
    tallies: replayed.tallies,
    checks: Object.entries(CHECKS).map(([name, { number, sentence }]) => ({
      number,
      sentence,
      findings: findings.filter((finding) => finding.name === (name as CheckName)).length,
    })),
    findings,
    notChecked: replayed.notChecked,
  };
}

async function readTokenFacts(view: ViewReader, address: Address): Promise<TokenFacts> {
  const [[decimals], [symbol]] = [await view.token("decimals"), await view.token("symbol")];
  return { address, symbol: String(symbol), decimals: Number(decimals) };
}

async function hasCode(chain: ChainReader, address: Address, block: number): Promise<boolean> {
  return (await chain.code(address, block)) !== "0x";
}

/** The block of the contract's creation: the first with its code. */
async function firstBlock(chain: ChainReader, contract: Address, given: number | null, last: number): Promise<number> {
  if (given !== null) {
    if (given > 0 && (await hasCode(chain, contract, given - 1)))
      throw new InputError(
        "FROM_BLOCK_TOO_LATE",
        `the contract is older than block ${given}: give an earlier --from-block`,
      );
    return given;
  }
  let [without, withCode] = [-1, last];
  while (withCode - without > 1) {
    const middle = Math.floor((without + withCode) / 2);
    if (await hasCode(chain, contract, middle)) withCode = middle;
    else without = middle;
  }
  return withCode;
}

async function readToken(chain: ChainReader, contract: Address, block: number): Promise<Address> {
  try {
    const answer: Hex = await chain.call(contract, FLOODGATE.encodeFunctionData("token"), block);
    return FLOODGATE.decodeFunctionResult("token", answer)[0];
  } catch (cause) {
    throw new InputError("CONTRACT_OTHER", `the contract at ${contract} is no Floodgate contract: check --contract`, {
      cause,
    });
  }
}
