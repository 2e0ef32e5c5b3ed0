import { type Hex, HttpRequestError, MethodNotFoundRpcError, type PublicClient } from "viem";
import { describe, expect, test } from "vitest";
import type { Contract } from "../../../client/chain/contract.ts";
import { findCreation, LOG_RANGE, readLogs, readSettleCalls } from "../../../client/chain/history.ts";

const ADDRESS = `0x${"11".repeat(20)}` as const;
const URL = "http://127.0.0.1:1";

function contractAt(client: object): Contract {
  const rpc = { url: URL, client: client as PublicClient, chainId: 31337, genesisHash: "0x" };
  const token = { address: ADDRESS, symbol: "TUSD", decimals: 6 };
  return { rpc, address: ADDRESS, token, separator: new Uint8Array(32) };
}
/** The node answers, and says no. */
const refusal = () => new MethodNotFoundRpcError(new Error("no"), { method: "eth_x" });

describe("logs", () => {
  const nodeOf = (mostBlocks: bigint) => {
    const ranges: [bigint, bigint][] = [];
    const getLogs = async ({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) => {
      if (toBlock - fromBlock + 1n > mostBlocks) throw refusal();
      ranges.push([fromBlock, toBlock]);
      return [{ blockNumber: fromBlock }];
    };
    return { contract: contractAt({ getLogs }), ranges };
  };

  test("are read in ranges of 2,000 blocks, in order", async () => {
    const { contract, ranges } = nodeOf(LOG_RANGE);
    expect(await readLogs(contract, ["Claimed"], 5n, 4_100n)).toHaveLength(3);
    expect(ranges).toEqual([
      [5n, 2_004n],
      [2_005n, 4_004n],
      [4_005n, 4_100n],
    ]);
  });

  test("of a range that the node refuses are read in halves", async () => {
    const { contract, ranges } = nodeOf(3n);
    await readLogs(contract, ["Claimed"], 1n, 8n);
    expect(ranges).toEqual([
      [1n, 2n],
      [3n, 4n],
      [5n, 6n],
      [7n, 8n],
    ]);
  });

  test("of a single block that the node refuses are an error", async () => {
    const reading = readLogs(nodeOf(0n).contract, ["Claimed"], 1n, 2n);
    await expect(reading).rejects.toMatchObject({ code: "CHAIN_CALL_FAILED" });
  });
});

describe("the contract's first block", () => {
  const nodeOf = (creation: bigint, oldest = 0n) =>
    contractAt({
      async getCode({ blockNumber }: { blockNumber: bigint }) {
        if (blockNumber < oldest) throw refusal();
        return blockNumber < creation ? undefined : "0x60";
      },
    });

  test.each([0n, 1n, 57n, 1_000n])("is found: %s", async (creation) => {
    expect(await findCreation(nodeOf(creation), 1_000n)).toBe(creation);
  });

  test("counts as 0 when the node has no old state", async () => {
    expect(await findCreation(nodeOf(900n, 800n), 1_000n)).toBe(0n);
  });

  test("is not made up when the node is away", async () => {
    const contract = contractAt({
      async getCode() {
        throw new HttpRequestError({ url: URL });
      },
    });
    await expect(findCreation(contract, 9n)).rejects.toMatchObject({ code: "RPC_UNAVAILABLE" });
  });
});

describe("calls of a transaction", () => {
  const OTHER = `0x${"22".repeat(20)}`;
  const nodeOf = (to: string, request: () => Promise<unknown>) =>
    contractAt({ getTransaction: async () => ({ to, input: "0x01" as Hex }), request });
  const call = (to: string, input: string, rest: object = {}) => ({ type: "CALL", to, input, ...rest });

  test("are its own calldata when it was sent to the contract", async () => {
    expect(
      await readSettleCalls(
        nodeOf(ADDRESS, async () => null),
        "0xaa",
      ),
    ).toEqual(["0x01"]);
  });

  test("are found in its trace when another contract made them, without those that failed", async () => {
    const failed = call(ADDRESS, "0x03", { error: "execution reverted" });
    const foreign = { ...call(ADDRESS, "0x04"), type: "DELEGATECALL" };
    const trace = call(OTHER, "0x01", { calls: [call(ADDRESS, "0x02"), failed, foreign] });
    expect(
      await readSettleCalls(
        nodeOf(OTHER, async () => trace),
        "0xaa",
      ),
    ).toEqual(["0x02"]);
  });

  test("are none where the node has no traces", async () => {
    const contract = nodeOf(OTHER, async () => {
      throw refusal();
    });
    expect(await readSettleCalls(contract, "0xaa")).toEqual([]);
  });
});
