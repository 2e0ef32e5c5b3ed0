import type { BlockFacts, ChainReader } from "../chain/chain-reader.ts";
import { findContractWallets } from "../chain/contract-wallets.ts";
import { type AuditedContract, readContract } from "../chain/find-contract.ts";
import { streamHistory } from "../chain/read-history.ts";
import type { Source } from "../checks.ts";
import type { Build } from "../code/build.ts";
import { createRun, type ObservedRun } from "../replay/create-run.ts";
import { replayHistory } from "../replay/replay.ts";
import { domainSeparatorOf } from "../signatures/signatures.ts";
import type { AuditOptions } from "./audit-options.ts";
import { checkUnchanged } from "./check-unchanged.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { createSqliteLaneBook } from "./sqlite-lane-book.ts";
import { checkBirth, chooseEnd, chooseStart, connect, type Start } from "./start.ts";
import { type AuditDatabase, openStateFile, type StateFile } from "./state-file.ts";

/** One audit under way. Everything up to the last `advance` is replayed. */
export interface AuditPass extends Disposable {
  readonly chain: ChainReader;
  readonly run: ObservedRun;
  readonly contract: AuditedContract;
  readonly database: AuditDatabase;
  readonly seed: string;
  readonly sources: ReadonlySet<Source>;
  readonly artifact: Build | null;
  /** The last block to audit: as asked for, or the chain's last. */
  readonly head: BlockFacts;
  readonly fromBlock: number;
  /** Block of the checkpoint that this pass resumed from. */
  readonly resumedFrom: number | null;
  /** Replays up to this block and keeps a checkpoint there. @throws {ChainError} RPC_REORG */
  advance(to: BlockFacts): Promise<void>;
}

/** A checkpoint is kept on the way after so many blocks, or transactions. */
const CHECKPOINT_BLOCKS = 100_000;
const CHECKPOINT_TRANSACTIONS = 1_000;

/** @throws {ChainError}, {InputError}, each with a code: see README.md */
export async function openAudit(options: AuditOptions): Promise<AuditPass> {
  const chain = await connect(options);
  const end = chooseEnd(options, await chain.latestBlock());
  const contract = await readContract(chain, options.contract, end);
  const head = await chain.block(end);
  const file = openStateFile(options.statePath ?? null);
  try {
    const checkpoint = await readCheckpoint(file.database, contract.rules, chain, head.number);
    const start = await chooseStart(chain, options, checkpoint, head.number);
    const seed = options.seed ?? head.hash;
    const run = createAuditRun(options, contract, file.database, seed, checkpoint);
    const { advance } = new Advance({ chain, contract, file, run, start, signal: options.signal }, checkpoint);
    return {
      chain,
      run,
      contract,
      database: file.database,
      seed,
      sources: options.sources ?? new Set(),
      artifact: options.artifact ?? null,
      head,
      fromBlock: start.fromBlock,
      resumedFrom: checkpoint?.block.number ?? null,
      advance,
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

function createAuditRun(
  options: AuditOptions,
  { rules, money }: AuditedContract,
  database: AuditDatabase,
  seed: string,
  checkpoint: Checkpoint | null,
): ObservedRun {
  const domain = domainSeparatorOf(rules);
  return createRun({
    rules,
    money,
    seed,
    isParanoid: options.isParanoid ?? false,
    lanes: createSqliteLaneBook(database),
    observers: options.observers?.({ database, rules, domain, money }) ?? [],
    ...(checkpoint && { progress: checkpoint.progress }),
  });
}

interface Parts {
  readonly chain: ChainReader;
  readonly contract: AuditedContract;
  readonly file: StateFile;
  readonly run: ObservedRun;
  readonly start: Start;
  readonly signal: AbortSignal;
}

/** Replays block after block, with checkpoints on the way. */
class Advance {
  readonly #parts: Parts;
  #done: BlockFacts | null;

  constructor(parts: Parts, checkpoint: Checkpoint | null) {
    this.#parts = parts;
    this.#done = checkpoint?.block ?? null;
  }

  readonly advance = async (to: BlockFacts): Promise<void> => {
    const { chain, run, start } = this.#parts;
    if (this.#done) await checkUnchanged(chain, this.#done);
    await this.#replayTo(to);
    if (start.isLookedUp && run.tallies.transactions === 0) checkBirth(undefined, start.fromBlock);
    await checkUnchanged(chain, to);
    this.#save(to);
  };

  async #replayTo(to: BlockFacts): Promise<void> {
    const { chain, contract, run, signal, start } = this.#parts;
    const { rules, token } = contract;
    const fromBlock = this.#done ? this.#done.number + 1 : start.fromBlock;
    const range = { contract: rules.contract, token: token.address, fromBlock, toBlock: to.number };
    let saved = { block: fromBlock - 1, transactions: run.tallies.transactions };
    for await (const { transactions, readTo } of streamHistory(chain, range)) {
      signal.throwIfAborted();
      if (start.isLookedUp && run.tallies.transactions === 0 && transactions.length > 0)
        checkBirth(transactions[0], start.fromBlock);
      for (const wallet of await findContractWallets(chain, run.domain, transactions)) run.contractWallets.add(wallet);
      replayHistory(run, transactions);
      if (readTo === null || readTo === to.number) continue;
      const isDue =
        readTo - saved.block >= CHECKPOINT_BLOCKS ||
        run.tallies.transactions - saved.transactions >= CHECKPOINT_TRANSACTIONS;
      if (!isDue) continue;
      this.#save(await chain.block(readTo));
      saved = { block: readTo, transactions: run.tallies.transactions };
    }
  }

  #save(block: BlockFacts): void {
    const { file, contract, run, start } = this.#parts;
    this.#done = block;
    writeCheckpoint(file.database, contract.rules, { fromBlock: start.fromBlock, block, progress: run });
    file.commit();
  }
}
