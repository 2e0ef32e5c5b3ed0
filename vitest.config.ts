import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/longest-first.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real chains, downloads and processes on two cores: generous, since no test asserts a time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What waits for blocks waits a tenth of the time; hardhat.config.ts reads it.
    env: { FLOODGATE_BLOCK_MS: "100" },
    pool: "forks",
    // No file leaves anything behind in its process: one for each would double the CPU time of the
    // quick ones.
    isolate: false,
    // Much of the time is waiting, for blocks and for other processes: two files share a core.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: ["test/support/build-contracts.ts"],
    sequence: { sequencer: LongestFirst },
  },
});
