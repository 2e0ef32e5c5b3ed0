import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They drive commands that are not joined yet, and could only fail. Goes with the first demo that runs.
    exclude: ["test/e2e/**"],
    // Real chains, downloads and processes on two cores: generous, since no test asserts a time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
