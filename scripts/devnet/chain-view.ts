import { createPublicClient, createTestClient, http } from "viem";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { readAccount, readTokensOf } from "../../protocol/contract/reads.ts";

/** The chain as its node shows it, past the authority and its programs. */
export interface ChainView {
  balanceOf(account: Address): Promise<Amount>;
  tokensOf(holder: Address): Promise<Amount>;
  /** Seconds since 1970 on the chain's clock. */
  now(): Promise<number>;
  /** Moves the chain's clock forward and mines a block. */
  advance(seconds: number): Promise<void>;
}

export function openChainView(rpcUrl: string, contract: Address, token: Address): ChainView {
  const transport = http(rpcUrl);
  const reader = createPublicClient({ transport });
  const tester = createTestClient({ mode: "hardhat", transport });
  return {
    balanceOf: async (account) => (await readAccount(reader, contract, account)).balance,
    tokensOf: (holder) => readTokensOf(reader, token, holder),
    now: async () => Number((await reader.getBlock()).timestamp),
    async advance(seconds) {
      await tester.increaseTime({ seconds });
      await tester.mine({ blocks: 1 });
    },
  };
}
