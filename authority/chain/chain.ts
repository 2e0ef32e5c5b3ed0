import { createPublicClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { AuthorityConfig } from "../config.ts";
import type { Block } from "./block.ts";
import { type ChainFacts, checkRoles, readFacts } from "./facts.ts";
import { createReach } from "./reach.ts";
import { type ChainReads, createChainReads } from "./reads.ts";
import { createSender, type Sender } from "./sender.ts";

/**
 * The authority's only way to the chain. Every call can fail with ChainError RPC_UNAVAILABLE;
 * nothing was changed then.
 */
export interface Chain extends ChainReads, Sender {
  readonly facts: ChainFacts;
  /** The newest block, as of the last `poll`. */
  readonly latest: Block;
  /** The newest block that `confirmations` blocks follow, as of the last `poll`. */
  readonly confirmed: Block;
  poll(): Promise<void>;
  /** Whether the wallet (EOA or ERC-1271) signed the text. */
  verifyMessage(address: Address, message: string, signature: Hex): Promise<boolean>;
}

/**
 * Connects, and refuses a chain on which the authority could not work.
 * @throws {ChainError} RPC_UNAVAILABLE
 * @throws {InputError} CONTRACT_MISSING, OPERATOR_WRONG, ALLOTTER_UNKNOWN
 */
export async function connectChain(config: AuthorityConfig, allotter: Address): Promise<Chain> {
  const { rpcUrl, contract, confirmations, deployedAtBlock } = config.chain;
  const reach = createReach(rpcUrl);
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 2, timeout: 10_000 }) });
  const facts = await reach(() => readFacts(client, contract));
  let latest: Block = { number: 0, timestamp: 0 };
  let confirmed = latest;

  const poll = async (): Promise<void> => {
    const block = await client.getBlock({ blockTag: "latest" });
    const [number, timestamp] = [Number(block.number), Number(block.timestamp)];
    if (number === latest.number && timestamp === latest.timestamp) return;
    // Reads before the contract's creation would fail; until then nobody has money anyway.
    const height = Math.max(number - confirmations, Math.min(deployedAtBlock, number));
    const below = await client.getBlock({ blockNumber: BigInt(height) });
    confirmed = { number: height, timestamp: Number(below.timestamp) };
    latest = { number, timestamp };
  };

  const signer = privateKeyToAccount(bytesToHex(config.operatorKey));
  const sender = createSender({ client, signer, chainId: facts.chainId, confirmed: () => confirmed, reach });
  const { operator } = sender;
  await reach(poll);
  await checkRoles(client, contract, { operator, allotter });
  return {
    facts,
    get latest() {
      return latest;
    },
    get confirmed() {
      return confirmed;
    },
    poll: () => reach(poll),
    ...createChainReads({ client, facts, operator, reach }),
    ...sender,
    verifyMessage: (address, message, signature) => reach(() => client.verifyMessage({ address, message, signature })),
  };
}
