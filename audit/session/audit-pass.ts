import type { BlockFacts, ChainReader } from "../chain/chain-reader.ts";
import { type AuditedContract, readContract } from "../chain/find-contract.ts";
import type { Source } from "../checks.ts";
import type { Build } from "../code/build.ts";
import { createRun, type ObservedRun } from "../replay/create-run.ts";
import type { Progress } from "../replay/run.ts";
import { domainSeparatorOf } from "../signatures/signatures.ts";
import { Advance } from "./advance.ts";
import type { AuditObserver, AuditOptions } from "./audit-options.ts";
import type { AuditStore } from "./audit-store.ts";
import { chooseEnd, chooseStart, connect } from "./start.ts";

/** One audit under way. Everything up to the last `advance` is replayed. */
export interface AuditPass extends Disposable {
  readonly chain: ChainReader;
  /** As the last `advance` left it. */
  readonly run: ObservedRun;
  readonly contract: AuditedContract;
  readonly store: AuditStore;
  readonly seed: string;
  readonly sources: ReadonlySet<Source>;
  readonly artifact: Build | null;
  /** The last block to audit: as asked for, or the chain's last. */
  readonly head: BlockFacts;
  readonly fromBlock: number;
  /** Block of the checkpoint that this pass resumed from. */
  readonly resumedFrom: number | null;
  /**
   * Replays up to this block. A checkpoint is kept there, or at an earlier block that an observer
   * wants to go on from.
   * @throws {ChainError} RPC_REORG
   */
  advance(to: BlockFacts): Promise<void>;
}

/**
 * Takes the store over, and disposes of it.
 * @throws {ChainError}, {InputError}, each with a code: see README.md
 */
export async function openPass(options: AuditOptions, open: () => AuditStore): Promise<AuditPass> {
  const chain = await connect(options);
  const end = chooseEnd(options, await chain.latestBlock());
  const contract = await readContract(chain, options.contract, end);
  const head = await chain.block(end);
  const store = open();
  try {
    const checkpoint = await store.readCheckpoint(contract.rules, chain, head.number);
    const start = await chooseStart(chain, options, checkpoint, head.number);
    const seed = options.seed ?? head.hash;
    const create = (progress: Progress | null) => createAuditRun(options, contract, store, seed, progress);
    const { signal, reached } = options;
    const advance = new Advance({ chain, contract, store, start, signal, reached, create }, checkpoint);
    return {
      chain,
      get run() {
        return advance.run;
      },
      contract,
      store,
      seed,
      sources: options.sources ?? new Set(),
      artifact: options.artifact ?? null,
      head,
      fromBlock: start.fromBlock,
      resumedFrom: checkpoint?.block.number ?? null,
      advance: advance.advance,
      [Symbol.dispose]: () => store[Symbol.dispose](),
    };
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}

function createAuditRun(
  options: AuditOptions,
  { rules, money }: AuditedContract,
  store: AuditStore,
  seed: string,
  progress: Progress | null,
): { readonly run: ObservedRun; readonly observers: readonly AuditObserver[] } {
  const domain = domainSeparatorOf(rules);
  const isResumed = progress !== null;
  const observers = options.observers?.({ database: store.database, rules, domain, money, isResumed }) ?? [];
  const run = createRun({
    rules,
    money,
    seed,
    isParanoid: options.isParanoid ?? false,
    lanes: store.openLanes(),
    observers,
    ...(progress && { progress }),
  });
  return { run, observers };
}
