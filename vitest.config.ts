import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/longest-first.ts";

const LIMIT_MS = 900_000;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // No test asserts a time: the limit only ends what hangs, on the slowest machine too.
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    expect: { poll: { timeout: LIMIT_MS } },
    // What waits for blocks waits less than with those of the devnet; hardhat.config.ts reads it.
    // Each block wakes a chain and its authority, in all worlds at once.
    env: { FLOODGATE_BLOCK_MS: "400" },
    pool: "forks",
    // No file leaves anything behind in its process: one for each would double the CPU time of the
    // quick ones.
    isolate: false,
    // Much of the time is waiting, for blocks and for other processes: two files share a core.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: ["test/support/build-programs.ts", "test/support/shared-networks.ts"],
    sequence: { sequencer: LongestFirst },
  },
});
