import { closeSync, openSync, writeSync } from "node:fs";
import {
  type Abi,
  type AbiEvent,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  keccak256,
  parseTransaction,
} from "viem";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import type { Actor } from "./actors.ts";
import { CHAIN_ID, CONTRACT, type RecordedLogs, TOKEN } from "./recording.ts";

export type Emitted = readonly [name: string, args: Readonly<Record<string, unknown>>];

/** Blocks between two transactions: ranges of 2,000 blocks hold 40 of them. */
const BLOCK_STEP = 50;

/**
 * Writes a history as a chain would have made it, to a file: signed transactions and the events
 * that they leave.
 */
export class Recorder implements Disposable {
  readonly #file: number;
  readonly #nonces = new Map<Address, number>();
  #block = 1;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  get block(): number {
    return this.#block;
  }

  /** The deployment: no call, only events. */
  deploy(by: Actor, events: readonly Emitted[]): Promise<void> {
    return this.#record(by, undefined, "0x00", events, []);
  }

  call(
    by: Actor,
    [functionName, ...args]: readonly unknown[],
    events: readonly Emitted[],
    transfers: readonly Emitted[],
  ) {
    const data = encodeFunctionData({ abi: floodgateAbi as Abi, functionName: functionName as string, args });
    return this.#record(by, CONTRACT, data, events, transfers);
  }

  async #record(
    { wallet, account }: Actor,
    to: Address | undefined,
    data: Hex,
    events: readonly Emitted[],
    transfers: readonly Emitted[],
  ): Promise<void> {
    const nonce = this.#nonces.get(account) ?? 0;
    this.#nonces.set(account, nonce + 1);
    const prices = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
    const common = { type: "eip1559", chainId: CHAIN_ID, nonce, gas: 5_000_000n, data, value: 0n, ...prices } as const;
    const unsigned = to === undefined ? common : { ...common, to };
    const raw = await wallet.signTransaction(unsigned);
    const hash = keccak256(raw);
    const { r, s, yParity } = parseTransaction(raw);
    const logs = [
      ...transfers.map((one) => ({ address: TOKEN, ...encodeLog(testDollarAbi as Abi, one) })),
      ...events.map((one) => ({ address: CONTRACT, ...encodeLog(floodgateAbi as Abi, one) })),
    ];
    this.#write({ blockNumber: this.#block, transactionHash: hash, logs } satisfies RecordedLogs);
    const fields = { hash, blockNumber: this.#block, type: 2, to: to ?? null, from: wallet.address, nonce };
    const rest = { gasLimit: "5000000", data, value: "0", chainId: String(CHAIN_ID), accessList: [] };
    const price = { maxFeePerGas: "1", maxPriorityFeePerGas: "1" };
    this.#write({ ...fields, ...rest, ...price, signature: { r, s, yParity } });
    this.#block += BLOCK_STEP;
  }

  #write(value: object): void {
    writeSync(this.#file, `${JSON.stringify(value)}\n`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

function encodeLog(abi: Abi, [eventName, args]: Emitted) {
  const event = abi.find((item): item is AbiEvent => item.type === "event" && item.name === eventName);
  if (!event) throw new Error(`no event ${eventName}`);
  const topics = encodeEventTopics({ abi: [event], eventName, args } as Parameters<typeof encodeEventTopics>[0]);
  const plain = event.inputs.filter(({ indexed }) => !indexed);
  const values = plain.map(({ name }) => args[name as string]);
  return { topics: topics as Hex[], data: encodeAbiParameters(plain, values) };
}
