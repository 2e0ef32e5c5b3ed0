import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real chains, downloads and processes on two cores: generous, since no test asserts a time. Much of it is waiting, for blocks and
    // for delays of the contract, so three files share the two cores.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What waits for blocks waits a tenth of the time; hardhat.config.ts reads it.
    env: { FLOODGATE_BLOCK_MS: "100" },
    pool: "forks",
    // No test leaves anything behind in its process: a process for each file would double the CPU time of the quick ones.
    isolate: false,
    maxWorkers: 4,
  },
});
