import { createRequire } from "node:module";
import { env } from "node:process";
import { defineConfig } from "hardhat/config";
import { devnetNetworks } from "./cli/devnet/devnet-networks.ts";

/**
 * FLOODGATE_DEEP=1: the long fuzz and invariant runs, for an hour instead of seconds. The short
 * ones are as long as those that judge mutants: fewer would notice less.
 */
const isDeep = env.FLOODGATE_DEEP === "1";
/**
 * FLOODGATE_IR=0: without via-IR and optimizer, which compiles in a tenth of the time; for tests,
 * never for the shipped build.
 */
const viaIR = env.FLOODGATE_IR !== "0";
/**
 * Creation code, hex, that the Solidity tests deploy instead of compiling the contract themselves.
 */
const codeFile = env.FLOODGATE_CODE_FILE;
export default defineConfig({
  solidity: {
    version: "0.8.37",
    // npm's compiler: builds need no download.
    path: createRequire(import.meta.url).resolve("solc/soljson.js"),
    settings: {
      viaIR,
      optimizer: { enabled: viaIR, runs: 1_000 },
      // The oldest EVM that the OpenZeppelin parts run on (transient storage, MCOPY): deployable on
      // most chains.
      evmVersion: "cancun",
    },
    splitTestsCompilation: true,
  },
  paths: {
    tests: { solidity: "test/contracts" },
    ...(viaIR ? {} : { cache: "cache/quick", artifacts: "cache/quick/artifacts" }),
  },
  networks: devnetNetworks,
  test: {
    solidity: {
      fsPermissions: { readDirectory: ["test/vectors"], ...(codeFile ? { readFile: [codeFile] } : {}) },
      fuzz: { runs: isDeep ? 25_000 : 64, maxTestRejects: 1_000_000 },
      invariant: { runs: isDeep ? 1_024 : 8, depth: isDeep ? 256 : 64, failOnRevert: true },
    },
  },
});
