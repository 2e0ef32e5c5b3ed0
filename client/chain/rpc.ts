import { type BaseError, createPublicClient, HttpRequestError, http, type PublicClient, TimeoutError } from "viem";
import { ChainError, FloodgateError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { parseApiUrl } from "../http.ts";

/** A chain as an RPC node shows it. */
export interface Rpc {
  readonly url: string;
  readonly client: PublicClient;
  readonly chainId: number;
  readonly genesisHash: string;
}

const POLLING_INTERVAL_MS = 100;

/** @throws {InputError} URL_INVALID @throws {ChainError} RPC_UNAVAILABLE */
export async function openRpc(text: string): Promise<Rpc> {
  const url = parseApiUrl(text).href;
  const client = createPublicClient({ transport: http(url, { retryCount: 0 }), pollingInterval: POLLING_INTERVAL_MS });
  return chainCall(url, async () => {
    const chainId = await client.getChainId();
    const genesis = await client.getBlock({ blockNumber: 0n });
    return { url, client, chainId, genesisHash: genesis.hash };
  });
}

/**
 * Runs calls of viem, and turns its errors into ours.
 * @throws {ChainError} RPC_UNAVAILABLE, CHAIN_CALL_FAILED
 */
export async function chainCall<T>(url: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof FloodgateError) throw error;
    if (!isViemError(error)) throw error;
    const isTransport =
      error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError) !== null;
    if (isTransport) {
      throw new ChainError(
        "RPC_UNAVAILABLE",
        `cannot reach a chain at ${url}: check the address, and that the node runs (\`floodgate chain\` starts a devnet)`,
        { cause: error },
      );
    }
    throw new ChainError("CHAIN_CALL_FAILED", `the chain at ${url} refused: ${printable(error.shortMessage)}`, {
      cause: error,
    });
  }
}

function isViemError(error: unknown): error is BaseError {
  return error instanceof Error && "shortMessage" in error && "walk" in error;
}
