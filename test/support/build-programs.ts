import { ensureContracts } from "../../cli/deploy/contracts.ts";
import { bundleProgram } from "../../scripts/devnet/bundle-program.ts";

/**
 * Before all tests: else every file that deploys would build the contracts, all at the same time,
 * and each of some hundred processes would load 1,800 modules.
 */
export async function setup(): Promise<void> {
  // Set by `npm test -- --fast`, which deploys and starts nothing.
  if (process.env.FLOODGATE_TEST_FAST === "1") return;
  process.env.FLOODGATE_PROGRAM = await bundleProgram();
  await ensureContracts();
}
