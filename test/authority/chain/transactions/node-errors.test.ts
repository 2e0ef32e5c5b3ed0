import { createPublicClient, custom } from "viem";
import { describe, expect, test } from "vitest";
import {
  classifyRefusal,
  isNodeAnswer,
  type SendAnswer,
} from "../../../../authority/chain/transactions/node-errors.ts";

/** As viem hands on what a node answers to eth_sendRawTransaction. */
async function refusal(message: string, code = -32_000): Promise<unknown> {
  const request = async () => {
    throw Object.assign(new Error(message), { code });
  };
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  return client.sendRawTransaction({ serializedTransaction: "0x02" }).catch((error: unknown) => error);
}

const TEXTS: Readonly<Record<string, readonly (readonly [string, SendAnswer])[]>> = {
  geth: [
    ["already known", "taken"],
    ["nonce too low: next nonce 5, tx nonce 3", "nonceUsed"],
    ["transaction underpriced: tip needed 1000000, tip permitted 1", "underpriced"],
    ["replacement transaction underpriced", "underpriced"],
    ["max fee per gas less than block base fee: address 0x01, maxFeePerGas: 1, baseFee: 7", "underpriced"],
    ["insufficient funds for gas * price + value: balance 0, tx cost 21000, overshot 21000", "funds"],
    ["txpool is full", "later"],
    ["future transaction tries to replace pending", "later"],
    ["in-flight transaction limit reached for delegated accounts", "later"],
    ["exceeds block gas limit", "never"],
    ["transaction gas limit too high (cap: 16777216, tx: 20000000)", "never"],
    ["intrinsic gas too low: gas 20000, minimum needed 21000", "never"],
    ["tx fee (1.20 ether) exceeds the configured cap (1.00 ether)", "never"],
    ["oversized data: transaction size 140000, limit 131072", "never"],
  ],
  Nethermind: [
    ["AlreadyKnown", "taken"],
    ["OwnNonceAlreadyUsed", "taken"],
    ["OldNonce, Current nonce: 5, nonce of rejected tx: 3", "nonceUsed"],
    ["FeeTooLow, MaxFeePerGas too low", "underpriced"],
    ["FeeTooLowToCompete", "underpriced"],
    ["ReplacementNotAllowed", "underpriced"],
    ["InsufficientFunds, Balance is 0 less than sending value + gas 21000", "funds"],
    ["NonceGap, Future nonce. Expected nonce: 3", "later"],
    ["NonceTooFarInFuture", "later"],
    ["GasLimitExceeded, Block gas limit: 30000000", "never"],
  ],
  Erigon: [
    ["existing tx with same hash", "taken"],
    ["nonce too low", "nonceUsed"],
    ["underpriced", "underpriced"],
    ["fee too low", "underpriced"],
    ["could not replace existing tx", "underpriced"],
    ["insufficient funds", "funds"],
    ["pending sub-pool is full", "later"],
    ["gas limit is too high", "never"],
  ],
  Besu: [
    ["Known transaction", "taken"],
    ["Nonce too low", "nonceUsed"],
    ["transaction nonce 3 below sender account nonce 5", "nonceUsed"],
    ["Replacement transaction underpriced", "underpriced"],
    ["Gas price below configured minimum gas price", "underpriced"],
    ["Upfront cost exceeds account balance", "funds"],
    ["transaction up-front cost 0x01 exceeds transaction sender account balance 0x00", "funds"],
    ["Nonce too distant from current sender nonce", "later"],
    ["Transaction gas limit exceeds block gas limit", "never"],
    ["Transaction fee cap exceeded", "never"],
  ],
  Hardhat: [
    ["Known transaction: 0xabcd", "taken"],
    ["VM Exception while processing transaction: reverted with custom error 'EnforcedPause()'", "taken"],
    ["Transaction nonce too low. Expected nonce to be at least 5 but got 3.", "nonceUsed"],
    ["Nonce too low. Expected nonce to be 5 but got 3.", "nonceUsed"],
    [
      "Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 22 is necessary to replace the existing transaction with nonce 0.",
      "underpriced",
    ],
    ["Transaction maxFeePerGas (1) is too low for the next block, which has a baseFeePerGas of 7", "underpriced"],
    [
      "Sender doesn't have enough funds to send tx. The max upfront cost is: 21000 and the sender's balance is: 0.",
      "funds",
    ],
    ["Nonce too high. Expected nonce to be 0 but got 5.", "later"],
    ["Transaction gas limit is 40000000 and exceeds block gas limit of 30000000", "never"],
  ],
  anvil: [
    ["transaction already imported", "taken"],
    ["nonce too low", "nonceUsed"],
    ["transaction underpriced", "underpriced"],
    ["max fee per gas less than block base fee", "underpriced"],
    ["Insufficient funds for gas * price + value", "funds"],
    ["tx gas limit exceeds block gas limit", "never"],
  ],
};

describe.each(Object.entries(TEXTS))("what %s says to a transaction", (_node, texts) => {
  test.each(texts)("%s: %s", async (text, answer) => {
    const error = await refusal(text);
    expect(classifyRefusal(error)).toBe(answer);
    expect(isNodeAnswer(error)).toBe(true);
  });
});

test("what nobody knows is told as that, and no answer is none", async () => {
  expect(classifyRefusal(await refusal("the moon is full"))).toBe("unknown");
  expect(isNodeAnswer(new Error("fetch failed"))).toBe(false);
});
