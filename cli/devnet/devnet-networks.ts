import { env } from "node:process";

/**
 * Between two blocks of a devnet. Tests make it short: most of their time went by waiting for
 * blocks.
 */
const blockMs = Number(env.FLOODGATE_BLOCK_MS ?? "1000");
const chainId = Number(env.FLOODGATE_CHAIN_ID ?? "31337");

/** Known to everybody: devnet only. */
const DEVNET_MNEMONIC = "test test test test test test test test test test test junk";

/** The chain of `floodgate chain`, for Hardhat's configuration. */
export const devnetNetworks = {
  node: {
    type: "edr-simulated",
    chainId,
    accounts: { mnemonic: DEVNET_MNEMONIC, count: 20 },
    // On a clock: with automine a chain stands still while nobody sends, and nothing gets its
    // confirmations.
    mining: { auto: false, interval: blockMs },
    // Else blocks of less than a second would let the chain's clock run ahead.
    allowBlocksWithSameTimestamp: blockMs < 1_000,
  },
} as const;
