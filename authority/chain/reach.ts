import { ChainError, InputError } from "../../protocol/base/errors.ts";

/** Runs calls to a node. */
export type Reach = <T>(action: () => Promise<T>) => Promise<T>;

/**
 * Turns whatever goes wrong at a node, or on the way to it, into one ChainError; our own errors
 * pass.
 */
export function createReach(rpcUrl: string): Reach {
  return async (action) => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof InputError || error instanceof ChainError) throw error;
      // The URL's path and query may hold an API key.
      throw new ChainError(
        "RPC_UNAVAILABLE",
        `no usable answer from the chain at ${new URL(rpcUrl).host}: check that it runs, and --rpc`,
        { cause: error },
      );
    }
  };
}
