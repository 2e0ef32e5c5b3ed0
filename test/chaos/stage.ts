import hre from "hardhat";
import { numberToHex } from "viem";
import { NodeRefusal } from "../../authority/chain/nodes/node.ts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { deployContract, OPERATOR, OWNER, type Request, STRANGER, transact } from "./deploy.ts";

/**
 * The real contract on an EVM in this process, whose blocks come and go as the test wants. A block
 * that is taken away is replaced by another one at its height.
 */
export interface Stage extends AsyncDisposable {
  readonly contract: Address;
  readonly deployedAtBlock: number;
  /** As a node answers it; errors are a node's. */
  request(method: string, params: unknown): Promise<unknown>;
  height(): number;
  mine(): Promise<void>;
  /** Replaces the last `depth` blocks, and makes one more. `isBack`: a lost transaction is back. */
  reorganize(depth: number, isBack: () => boolean): Promise<void>;
  /** By somebody who has nothing to do with the authority; mined with the next block. */
  send(data: Hex): Promise<void>;
  /** Back to the contract just deployed. */
  reset(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const connection = await hre.network.create({
    network: "default",
    override: {
      chainId: 31_337,
      hardfork: "osaka",
      // Behind this machine's clock: only a liar is ahead of it.
      initialDate: new Date(Date.now() - 86_400_000),
      accounts: [OPERATOR, STRANGER, OWNER].map(({ secret }) => ({
        privateKey: bytesToHex(secret),
        balance: 10n ** 24n,
      })),
    },
  });
  const { provider } = connection;
  const request: Request = async (method, params = []) => {
    try {
      return await provider.request({ method, params: params as unknown[] });
    } catch (error) {
      const { message, code, data } = error as { message: string; code?: number; data?: unknown };
      throw new NodeRefusal(message, code ?? -32_000, typeof data === "object" ? undefined : data);
    }
  };
  const contract = await deployContract(request);
  await request("evm_setAutomine", [false]);
  const blocks = new Blocks(request, Number(await request("eth_blockNumber")));
  await blocks.snapshot();
  return {
    contract,
    deployedAtBlock: blocks.base,
    async request(method, params) {
      if (method === "eth_sendRawTransaction") blocks.sent.push({ at: blocks.height, raw: (params as [Hex])[0] });
      return request(method, params);
    },
    height: () => blocks.height,
    mine: () => blocks.mine(),
    reorganize: (depth, isBack) => blocks.reorganize(depth, isBack),
    async send(data) {
      await transact(request, STRANGER.address, contract, data);
    },
    reset: () => blocks.reset(),
    async [Symbol.asyncDispose]() {
      await connection.close();
    },
  };
}

/** The chain's blocks, each with a snapshot to which the EVM can go back. */
class Blocks {
  readonly base: number;
  height: number;
  /** Raw transactions by the height that they were sent at. */
  sent: { readonly at: number; readonly raw: Hex }[] = [];
  readonly #request: Request;
  readonly #snapshots = new Map<number, Hex>();
  #lateSec = 0;

  constructor(request: Request, base: number) {
    this.#request = request;
    this.base = base;
    this.height = base;
  }

  async snapshot(): Promise<void> {
    this.#snapshots.set(this.height, (await this.#request("evm_snapshot")) as Hex);
  }

  async mine(): Promise<void> {
    const latest = await this.#request("eth_getBlockByNumber", ["latest", false]);
    const { timestamp } = latest as { readonly timestamp: Hex };
    // Another time makes another block, and another hash.
    await this.#request("evm_setNextBlockTimestamp", [numberToHex(Number(timestamp) + 1 + this.#lateSec)]);
    this.#lateSec = 0;
    await this.#request("evm_mine");
    this.height++;
    await this.snapshot();
  }

  async reorganize(wanted: number, isBack: () => boolean): Promise<void> {
    const depth = Math.min(wanted, this.height - this.base);
    const to = this.height - depth;
    const lost = this.sent.filter(({ at }) => at >= to);
    await this.#revert(to);
    this.#lateSec = 1;
    for (const { raw } of lost)
      if (isBack()) await this.#request("eth_sendRawTransaction", [raw]).catch(() => undefined);
    for (let block = 0; block <= depth; block++) await this.mine();
  }

  async reset(): Promise<void> {
    await this.#revert(this.base);
    [this.sent, this.#lateSec] = [[], 0];
  }

  async #revert(to: number): Promise<void> {
    await this.#request("evm_revert", [this.#snapshots.get(to)]);
    this.height = to;
    await this.snapshot();
  }
}
