import type { ChainReader } from "../chain/chain-reader.ts";
import type { Source } from "../checks.ts";
import type { Build } from "../code/build.ts";
import type { Rules } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";
import type { Observer } from "../replay/observer.ts";
import type { AuditDatabase } from "./audit-store.ts";

/** What observers are made with. What they write to the database is kept with the checkpoint. */
export interface ObserverContext {
  /** Null: nothing is kept beyond this run. */
  readonly database: AuditDatabase | null;
  readonly rules: Rules;
  /** EIP-712 domain separator. */
  readonly domain: Hex;
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
  /** The database holds what an earlier run has written up to its checkpoint. */
  readonly isResumed: boolean;
}

/** Follows an audit, and may read more than the chain. */
export interface AuditObserver extends Observer {
  /**
   * Before the blocks after `after`, up to `to`, are replayed. Returns the last block of them that
   * a later run need not replay again.
   */
  readonly readAhead?: (chain: ChainReader, blocks: { readonly after: number; readonly to: number }) => Promise<number>;
  /** A checkpoint follows: writes to the database what the observer has in memory. */
  readonly keep?: () => void;
}

export interface AuditOptions {
  readonly rpcUrl: string;
  /** A second node, which must give the same answers. */
  readonly secondRpcUrl?: string | null | undefined;
  /** Default: the chain that the node is on. */
  readonly chainId?: bigint | null | undefined;
  readonly contract: string;
  /** At or before the contract's creation. Default: looked up. */
  readonly fromBlock?: number | null | undefined;
  /** Default: the last block. */
  readonly toBlock?: number | null | undefined;
  /** File of a checkpoint that the next run resumes from. Default: none. */
  readonly statePath?: string | null | undefined;
  /** A second opinion on every signature. */
  readonly isParanoid?: boolean | undefined;
  /** Chooses the signatures that are checked twice. Default: the hash of the last block. */
  readonly seed?: string | null | undefined;
  readonly observers?: ((context: ObserverContext) => readonly AuditObserver[]) | undefined;
  /**
   * What the observers read beside the chain: the report lists the checks that need it. Default:
   * nothing.
   */
  readonly sources?: ReadonlySet<Source> | undefined;
  /** A build that counts beside the published ones. Default: none. */
  readonly artifact?: Build | undefined;
  /** Told after all blocks up to this one were replayed. */
  readonly reached?: ((block: number) => void) | undefined;
  readonly signal: AbortSignal;
  /** Bytes of one answer. Default: 32 MiB. */
  readonly maxAnswerBytes?: number | undefined;
}
