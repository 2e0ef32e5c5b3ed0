import { ensureContracts } from "../../cli/deploy/contracts.ts";

/**
 * Before all tests: else every file that deploys would build the contracts, all at the same time.
 */
export async function setup(): Promise<void> {
  // Set by `npm test -- --fast`, which deploys nothing.
  if (process.env.FLOODGATE_TEST_FAST !== "1") await ensureContracts();
}
