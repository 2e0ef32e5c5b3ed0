import type { Logger } from "pino";
import { createPublicClient } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { AuthorityConfig } from "../config.ts";
import type { Store } from "../store/database.ts";
import type { Block } from "./block.ts";
import { createChainSource } from "./chain-source.ts";
import { type ChainFacts, checkRoles, readFacts } from "./facts.ts";
import { checkFinality, chooseFinality, isDevnet } from "./finality.ts";
import { createMirror, type Deriving } from "./mirror/mirror.ts";
import { createMirrorReads, type MirrorReads } from "./mirror/mirror-reads.ts";
import type { ChainSource } from "./mirror/source.ts";
import { createNodes, type Node } from "./nodes/node.ts";
import { createNodesTransport, type Nodes } from "./nodes/nodes.ts";
import { createReach } from "./reach.ts";
import { type ChainReads, createChainReads } from "./reads.ts";
import { createSender, type Operators, type Receipt, type Sender } from "./sender.ts";

/**
 * The authority's only way to the chain. What asks a node can fail with ChainError RPC_UNAVAILABLE;
 * nothing was changed then. What the mirror knows asks none.
 */
export interface Chain extends MirrorReads, ChainReads, Sender {
  readonly facts: ChainFacts;
  /** The authority's account that sends now. */
  readonly operator: Address;
  /** The newest block, as of the last `poll`. */
  readonly latest: Block;
  /** The newest final block that is mirrored: H of docs/protocol.md 1.4. */
  readonly confirmed: Block;
  /** Follows the chain. */
  poll(): Promise<void>;
  /** Whether the receipt's block is final, and on the chain that is followed. */
  isFinal(receipt: Pick<Receipt, "block" | "blockHash">): Promise<boolean>;
  /** Whether the wallet (EOA or ERC-1271) signed the text. Asks a node. */
  verifyMessage(address: Address, message: string, signature: Hex): Promise<boolean>;
  /** How each node is trusted now. */
  listNodes(): ReturnType<Nodes["list"]>;
}

const NO_BLOCK: Block = { number: 0, timestamp: 0 };

/** Off the devnet, a block's time may be ahead of the machine's by this much. */
const MAX_AHEAD_SEC = 900;

/** Nodes of the right chain, before anything is followed. */
export interface Connection extends ChainReads, Pick<Chain, "facts" | "verifyMessage" | "listNodes"> {
  readonly source: ChainSource;
  operator(): Address;
  createSender(confirmed: () => Block): Sender;
}

/**
 * Connects, and refuses a chain on which the authority could not work.
 * @throws {ChainError} RPC_UNAVAILABLE
 * @throws {InputError} CONTRACT_MISSING, OPERATOR_WRONG, ALLOTTER_UNKNOWN, CONFIG_INVALID
 */
export async function connectChain(
  config: AuthorityConfig,
  operators: Operators,
  log: Logger,
  own: readonly Node[] = createNodes(config.chain.rpcUrls),
): Promise<Connection> {
  const { quorum, contract, depositor } = config.chain;
  const reach = createReach(own.map(({ name }) => name));
  let chainId: number | null = null;
  const nodes = createNodesTransport({
    nodes: own,
    quorum,
    chainId: () => chainId,
    maxAheadSec: () => config.chain.maxAheadSec ?? (isDevnet(chainId) ? Number.POSITIVE_INFINITY : MAX_AHEAD_SEC),
    log,
    now: () => Date.now(),
  });
  const client = createPublicClient({ transport: nodes.transport, cacheTime: 0 });
  const facts = await reach(() => readFacts(client, contract, depositor));
  chainId = facts.chainId;
  const finality = chooseFinality(config.chain.confirmations, chainId);
  const source = createChainSource({ client, nodes, contract, finality, reach });
  await checkFinality(source, finality);
  await reach(() => checkRoles(client, contract, operators.own));
  return {
    facts,
    source,
    createSender: (confirmed) => createSender({ client, operators, chainId: facts.chainId, confirmed, reach }),
    operator: () => operators.operator.address,
    ...createChainReads({ client, facts, operator: () => operators.operator.address, reach }),
    verifyMessage: (address, message, signature) => reach(() => client.verifyMessage({ address, message, signature })),
    listNodes: nodes.list,
  };
}

/** Mirrors the contract in the store, up to the newest final block. @throws {ChainError} */
export async function followChain(
  connection: Connection,
  {
    config,
    store,
    derive,
    log,
  }: {
    readonly config: AuthorityConfig;
    readonly store: Store;
    readonly derive: Deriving;
    readonly log: Logger;
  },
): Promise<Chain> {
  const { source, createSender: sender, operator, ...own } = connection;
  const mirror = await createMirror({ source, store, firstBlock: config.chain.deployedAtBlock, derive, log });
  const confirmed = (): Block => mirror.tip ?? NO_BLOCK;
  await mirror.follow();
  return {
    ...own,
    get latest() {
      return mirror.head ?? NO_BLOCK;
    },
    get confirmed() {
      return confirmed();
    },
    get operator() {
      return operator();
    },
    poll: () => mirror.follow(),
    isFinal: ({ block, blockHash }) => mirror.isFinal(block, blockHash),
    ...createMirrorReads({ store, now: () => confirmed().timestamp }),
    ...sender(confirmed),
  };
}
