import { ChainError, InputError } from "../../protocol/base/errors.ts";

/** Runs calls to a node. */
export type Reach = <T>(action: () => Promise<T>) => Promise<T>;

/**
 * `nodes`: their names; a URL's path and query may hold a key.
 * Turns whatever goes wrong at a node, or on the way to it, into one ChainError; our own errors
 * pass.
 */
export function createReach(nodes: readonly string[]): Reach {
  return async (action) => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof InputError || error instanceof ChainError) throw error;
      throw new ChainError(
        "RPC_UNAVAILABLE",
        `no usable answer from the chain at ${nodes.join(", ")}: check that it runs, and --rpc`,
        { cause: error },
      );
    }
  };
}
