import { getAddress, ZeroAddress } from "ethers";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import { agreeOn } from "../chain/agreeing-chain.ts";
import { type BlockFacts, type ChainReader, openChain } from "../chain/chain-reader.ts";
import { findContractWallets } from "../chain/contract-wallets.ts";
import { type AuditedContract, checkFromBlock, findCreation, readContract } from "../chain/find-contract.ts";
import { streamHistory } from "../chain/read-history.ts";
import { inconsistent } from "../chain/rpc-errors.ts";
import type { Source } from "../checks.ts";
import type { ChainEvent } from "../facts/events.ts";
import type { Hex, Rules, TransactionFacts } from "../facts/facts.ts";
import type { Observer } from "../replay/observer.ts";
import { replayHistory } from "../replay/replay.ts";
import { createRun, type Run } from "../replay/run.ts";
import { domainSeparatorOf } from "../signatures/signatures.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { createSqliteLaneBook } from "./sqlite-lane-book.ts";
import { type AuditDatabase, openStateFile } from "./state-file.ts";

/** What the observers of an audit are made with. What they write to the database survives with the checkpoint. */
export interface ObserverContext {
  readonly database: AuditDatabase;
  readonly rules: Rules;
  /** EIP-712 domain separator. */
  readonly domain: Hex;
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

export interface AuditOptions {
  readonly rpcUrl: string;
  /** Another node, which must say the same. */
  readonly secondRpcUrl?: string | null | undefined;
  /** Default: whichever chain the node is on. */
  readonly chainId?: bigint | null | undefined;
  readonly contract: string;
  /** Not after the contract's creation. Default: looked up. */
  readonly fromBlock?: number | null | undefined;
  /** Default: the last one. */
  readonly toBlock?: number | null | undefined;
  /** Keeps a checkpoint, from which the next run goes on. Default: none. */
  readonly statePath?: string | null | undefined;
  /** A second opinion on every signature. */
  readonly isParanoid?: boolean | undefined;
  /** Chooses the signatures that are checked twice. Default: the hash of the last block. */
  readonly seed?: string | null | undefined;
  readonly observers?: ((context: ObserverContext) => readonly Observer[]) | undefined;
  /** What the observers have beside the chain: the report lists the checks that need it. Default: nothing. */
  readonly sources?: ReadonlySet<Source> | undefined;
  readonly signal: AbortSignal;
  /** Bytes of one answer. Default: 32 MiB. */
  readonly maxAnswerBytes?: number | undefined;
}

/** One audit under way: everything until `block` is replayed. */
export interface AuditSession extends Disposable {
  readonly chain: ChainReader;
  readonly run: Run;
  readonly contract: AuditedContract;
  readonly database: AuditDatabase;
  readonly seed: string;
  readonly sources: ReadonlySet<Source>;
  /** The last block that was asked for, or that there was. */
  readonly head: BlockFacts;
  readonly fromBlock: number;
  /** The block of the checkpoint from which this session went on. */
  readonly resumedFrom: number | null;
  /** Replays until this block, and keeps a checkpoint there. @throws {ChainError} RPC_REORG when it changes meanwhile */
  advance(to: BlockFacts): Promise<void>;
}

/** Checkpoints on the way: after so many blocks, or transactions. */
const CHECKPOINT_BLOCKS = 100_000;
const CHECKPOINT_TRANSACTIONS = 1_000;

/** @throws {ChainError} and {InputError}, each with a code of its own: see README.md */
export async function openAudit(options: AuditOptions): Promise<AuditSession> {
  const chain = await connect(options);
  const latest = await chain.latestBlock();
  const end = chooseEnd(options, latest);
  const contract = await readContract(chain, options.contract, end);
  const head = await chain.block(end);
  const { rules, money } = contract;
  const file = openStateFile(options.statePath ?? null);
  try {
    const { database } = file;
    const checkpoint = await readCheckpoint(database, rules, chain);
    if (checkpoint && checkpoint.block.number > head.number)
      throw new InputError(
        "STATE_AHEAD",
        `the audit's state is at block ${checkpoint.block.number} already: see --to-block`,
      );
    const { fromBlock, isLookedUp } = checkpoint
      ? { fromBlock: checkpoint.fromBlock, isLookedUp: false }
      : await findStart(chain, options, head.number);
    const seed = options.seed ?? head.hash;
    const domain = domainSeparatorOf(rules);
    const run = createRun({
      rules,
      money,
      seed,
      isParanoid: options.isParanoid ?? false,
      lanes: createSqliteLaneBook(database),
      observers: options.observers?.({ database, rules, domain, money }) ?? [],
      ...(checkpoint && { progress: checkpoint.progress }),
    });
    let done: BlockFacts | null = checkpoint?.block ?? null;
    const save = (block: BlockFacts): void => {
      done = block;
      writeCheckpoint(database, rules, { fromBlock, block, progress: run });
      file.commit();
    };
    const advance = async (to: BlockFacts): Promise<void> => {
      if (done) await checkUnchanged(chain, done);
      const start = done ? done.number + 1 : fromBlock;
      const at = { contract: rules.contract, token: contract.token.address, fromBlock: start, toBlock: to.number };
      let saved = { block: start - 1, transactions: run.tallies.transactions };
      for await (const { transactions, readTo } of streamHistory(chain, at)) {
        options.signal.throwIfAborted();
        if (isLookedUp && run.tallies.transactions === 0 && transactions.length > 0)
          checkBirth(transactions[0], fromBlock);
        for (const wallet of await findContractWallets(chain, domain, transactions)) run.contractWallets.add(wallet);
        replayHistory(run, transactions);
        if (readTo === null) continue;
        const isDue =
          readTo - saved.block >= CHECKPOINT_BLOCKS ||
          run.tallies.transactions - saved.transactions >= CHECKPOINT_TRANSACTIONS;
        if (!isDue || readTo === to.number) continue;
        save(await chain.block(readTo));
        saved = { block: readTo, transactions: run.tallies.transactions };
      }
      if (isLookedUp && run.tallies.transactions === 0) checkBirth(undefined, fromBlock);
      await checkUnchanged(chain, to);
      save(to);
    };
    const resumedFrom = checkpoint?.block.number ?? null;
    const dispose = (): void => file[Symbol.dispose]();
    const sources = options.sources ?? new Set();
    return {
      chain,
      run,
      contract,
      database,
      seed,
      sources,
      head,
      fromBlock,
      resumedFrom,
      advance,
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/** @throws {ChainError} RPC_REORG */
export async function checkUnchanged(chain: ChainReader, { number, hash }: BlockFacts): Promise<void> {
  const again = await chain.block(number);
  if (again.hash === hash) return;
  const message = `block ${number} was ${hash}, and is ${again.hash} now: the chain was reorganized meanwhile; run again, or stop earlier with --to-block`;
  throw new ChainError("RPC_REORG", message);
}

async function connect({ rpcUrl, secondRpcUrl, chainId, signal, maxAnswerBytes }: AuditOptions): Promise<ChainReader> {
  const first = await openChain(rpcUrl, signal, maxAnswerBytes);
  if (chainId !== undefined && chainId !== null && first.chainId !== chainId)
    throw new InputError(
      "CHAIN_MISMATCH",
      `the node is on chain ${first.chainId}, not ${chainId}: check --rpc and --chain-id`,
    );
  if (secondRpcUrl === undefined || secondRpcUrl === null) return first;
  return agreeOn(first, await openChain(secondRpcUrl, signal, maxAnswerBytes));
}

function chooseEnd({ toBlock }: AuditOptions, latest: number): number {
  if (toBlock === undefined || toBlock === null) return latest;
  if (toBlock <= latest) return toBlock;
  throw new InputError("TO_BLOCK_UNKNOWN", `the chain ends at block ${latest}: give an earlier --to-block`);
}

async function findStart(
  chain: ChainReader,
  { contract: given, fromBlock }: AuditOptions,
  last: number,
): Promise<{ readonly fromBlock: number; readonly isLookedUp: boolean }> {
  const contract = getAddress(given.toLowerCase());
  if (fromBlock === undefined || fromBlock === null)
    return { fromBlock: await findCreation(chain, contract, last), isLookedUp: true };
  await checkFromBlock(chain, contract, fromBlock);
  return { fromBlock, isLookedUp: false };
}

/** A contract's constructor names its first owner: a node that hides that has forgotten old logs, or lies about old state. */
function checkBirth(first: TransactionFacts | undefined, creation: number): void {
  const isBirth = ({ kind, ...event }: ChainEvent): boolean =>
    kind === "OwnershipTransferred" && "previousOwner" in event && event.previousOwner === ZeroAddress;
  if (first?.block === creation && first.events.some(isBirth)) return;
  throw inconsistent(`the contract has code since block ${creation}, where no event tells of its creation`);
}
