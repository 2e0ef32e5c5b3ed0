import { keccak256, numberToHex } from "viem";
import { type Node, NodeFault, NodeRefusal } from "../../authority/chain/nodes/node.ts";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

/** What a node can be: away, slow, behind, or wrong. */
export const FAULTS = [
  "refuses",
  "hangs",
  "is slow",
  "says 503",
  "says error",
  "lags",
  "has half of it",
  "is on another chain",
  "is ahead of time",
  "limits logs",
  "has pruned",
  "loses or doubles transactions",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Only other nodes show these: a lie about what there is. */
export const LIES: readonly Fault[] = ["has half of it", "is on another chain", "is ahead of time", "lags"];

const LAG = 3;

/** A node on the stage that has faults while the test wants it. */
export class FaultyNode implements Node {
  readonly name: string;
  faults: readonly Fault[] = [];
  readonly #stage: Stage;
  readonly #random: Random;

  constructor(name: string, stage: Stage, random: Random) {
    this.name = name;
    this.#stage = stage;
    this.#random = random;
  }

  async request(method: string, params: unknown): Promise<unknown> {
    for (const fault of this.faults) await this.#fail(fault, method, params);
    if (this.faults.includes("loses or doubles transactions") && method === "eth_sendRawTransaction")
      return this.#sendOddly(params as [Hex]);
    const answer = await this.#stage.request(method, this.faults.includes("lags") ? this.#older(params) : params);
    return this.faults.reduce((value, fault) => this.#change(fault, method, value), answer);
  }

  /** Throws what the fault makes of a request, now and then. */
  async #fail(fault: Fault, method: string, params: unknown): Promise<void> {
    const often = this.#random.chance(0.7);
    if (fault === "refuses" && often) throw new NodeFault("it cannot be reached");
    if (fault === "says 503" && often) throw new NodeFault("HTTP status 503");
    if (fault === "says error" && often) throw new NodeRefusal("internal error", -32_603, undefined);
    if (fault === "is slow") await new Promise((resolve) => setTimeout(resolve, 1));
    if (fault === "hangs" && often) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      throw new NodeFault("no answer in 10 s", -32_002);
    }
    if (fault === "limits logs" && method === "eth_getLogs") {
      const [{ fromBlock, toBlock }] = params as [{ readonly fromBlock?: Hex; readonly toBlock?: Hex }];
      if (fromBlock && Number(toBlock) - Number(fromBlock) > 3)
        throw new NodeRefusal("query returned more than 3 blocks", -32_005, undefined);
    }
    if (fault === "has pruned" && method === "eth_call" && typeof (params as unknown[])[1] === "object")
      throw new NodeRefusal("missing trie node", -32_000, undefined);
  }

  async #sendOddly([raw]: [Hex]): Promise<unknown> {
    if (this.#random.chance(0.5)) return keccak256(raw);
    await this.#stage.request("eth_sendRawTransaction", [raw]);
    return this.#stage.request("eth_sendRawTransaction", [raw]);
  }

  /** The newest block is some blocks ago. */
  #older(params: unknown): unknown {
    const old = numberToHex(Math.max(0, this.#stage.height() - LAG));
    return Array.isArray(params) ? params.map((one) => (one === "latest" ? old : one)) : params;
  }

  #change(fault: Fault, method: string, value: unknown): unknown {
    if (value === null) return value;
    if (fault === "has half of it" && method === "eth_getLogs")
      return (value as unknown[]).filter(() => this.#random.chance(0.5));
    if (fault === "has half of it" && method === "eth_getTransactionReceipt")
      return this.#random.chance(0.5) ? null : value;
    if (fault === "lags" && method === "eth_getTransactionReceipt")
      return Number((value as { readonly blockNumber: Hex }).blockNumber) > this.#stage.height() - LAG ? null : value;
    if (fault === "is on another chain") {
      if (method === "eth_chainId") return "0x1";
      if (method === "eth_getBlockByNumber") return { ...(value as object), hash: keccak256("0x01") };
    }
    if (fault === "is ahead of time" && method === "eth_getBlockByNumber") {
      const { timestamp, hash } = value as { readonly timestamp: Hex; readonly hash: Hex };
      return { ...(value as object), hash: keccak256(hash), timestamp: numberToHex(Number(timestamp) + 1_000_000) };
    }
    return value;
  }
}
