import { env } from "node:process";
import type { HardhatUserConfig } from "hardhat/config";
import { CODE_FILE } from "./sandbox.ts";

// Read by hardhat.config.ts, when it is loaded below, and by the tests.
env.FLOODGATE_IR = "0";
env.FLOODGATE_CODE_FILE = CODE_FILE;
const { default: config } = await import("../../hardhat.config.ts");

/**
 * The project's settings without via-IR, and with as few runs of each property as still find what
 * is wrong.
 */
export const MUTANT_CONFIG: HardhatUserConfig = {
  ...config,
  test: {
    solidity: {
      fsPermissions: { readDirectory: ["test/vectors"], readFile: [CODE_FILE] },
      // A mutant that never ends runs out of it in seconds.
      gasLimit: 2n ** 29n,
      fuzz: { runs: 64, seed: "0x1", maxTestRejects: 1_000_000 },
      // That it fails is enough: nobody reads the shortest way to it.
      invariant: { runs: 8, depth: 50, failOnRevert: true, shrinkRunLimit: 0 },
    },
  },
};

/** What `solc` takes, without the optimizer: that takes three quarters of the time. */
export const COMPILER_SETTINGS = {
  ...(config.solidity as { readonly settings: object }).settings,
  optimizer: { enabled: false },
};

/** With it, which makes many mutants of the same meaning the same code. */
export const OPTIMIZED_SETTINGS = { ...COMPILER_SETTINGS, optimizer: { enabled: true, runs: 2_000 } };
