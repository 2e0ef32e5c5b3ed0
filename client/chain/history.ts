import type { Hex, Log } from "viem";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { Contract } from "./contract.ts";
import { chainCall, type Rpc } from "./rpc.ts";

/** A contract's past as a node tells it: its events, and the calls that made them. */

/** Blocks in one question: what public nodes answer. */
export const LOG_RANGE = 2_000n;

const EVENTS = floodgateAbi.filter((item) => item.type === "event");
export type EventName = (typeof EVENTS)[number]["name"];

/** Events of these names, in chain order; a range that the node refuses is halved. */
export async function readLogs(
  { rpc, address }: Contract,
  names: readonly EventName[],
  fromBlock: bigint,
  toBlock: bigint,
): Promise<Log[]> {
  const events = EVENTS.filter(({ name }) => names.includes(name));
  const read = async (from: bigint, to: bigint): Promise<Log[]> => {
    try {
      return await chainCall(rpc.url, () => rpc.client.getLogs({ address, events, fromBlock: from, toBlock: to }));
    } catch (error) {
      if (from === to || !isRefusal(error)) throw error;
      const middle = (from + to) / 2n;
      return [...(await read(from, middle)), ...(await read(middle + 1n, to))];
    }
  };
  const logs: Log[] = [];
  for (let from = fromBlock; from <= toBlock; from += LOG_RANGE) {
    const to = from + LOG_RANGE - 1n;
    logs.push(...(await read(from, to < toBlock ? to : toBlock)));
  }
  return logs;
}

/** The first block that has the contract; 0 if the node keeps no old state that tells. */
export async function findCreation({ rpc, address }: Contract, latest: bigint): Promise<bigint> {
  let [before, at] = [-1n, latest];
  try {
    while (at - before > 1n) {
      const blockNumber = (at + before) / 2n;
      const code = await chainCall(rpc.url, () => rpc.client.getCode({ address, blockNumber }));
      if (code === undefined) before = blockNumber;
      else at = blockNumber;
    }
    return at;
  } catch (error) {
    if (isRefusal(error)) return 0n;
    throw error;
  }
}

/**
 * Calldata of all calls of the contract in a transaction. None if a contract made them and the node
 * has no traces.
 */
export async function readSettleCalls({ rpc, address }: Contract, hash: Hex): Promise<Hex[]> {
  const { to, input } = await chainCall(rpc.url, () => rpc.client.getTransaction({ hash }));
  if (to?.toLowerCase() === address) return [input];
  const traced = await trace(rpc, hash);
  return traced === null ? [] : callsOf(traced, address);
}

/** As geth's callTracer prints it. */
interface TracedCall {
  readonly type: string;
  readonly to?: string;
  readonly input: Hex;
  readonly error?: string;
  readonly calls?: readonly TracedCall[];
}

async function trace({ client, url }: Rpc, hash: Hex): Promise<TracedCall | null> {
  const request = { method: "debug_traceTransaction", params: [hash, { tracer: "callTracer" }] };
  try {
    return await chainCall(url, () => client.request(request as never));
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

function callsOf({ type, to, input, error, calls }: TracedCall, address: string): Hex[] {
  if (error !== undefined) return [];
  const own = type === "CALL" && to?.toLowerCase() === address ? [input] : [];
  return [...own, ...(calls ?? []).flatMap((call) => callsOf(call, address))];
}

/** The node answered, and said no. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "CHAIN_CALL_FAILED";
}
