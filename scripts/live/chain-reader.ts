import { type Block, createPublicClient, decodeFunctionData, http, type Transaction } from "viem";
import { floodgateAbi, testDollarAbi } from "../../protocol/contract/abi.ts";
import type { BlockPicture } from "../../web/live/picture.ts";

/** Most blocks that are read at once: those before them stay unread. */
const MOST_BLOCKS = 40;
const KEPT = 30;

const DEEDS: Readonly<Record<string, string>> = {
  depositFor: "deposit",
  depositForMany: "deposits",
  authorizeSession: "session",
  authorizeSessionFor: "session",
  revokeSession: "session revoked",
  settle: "batch",
  claimMany: "claims",
  requestWithdrawal: "withdrawal asked",
  requestWithdrawalFor: "withdrawal asked",
  withdrawNow: "withdrawal",
  withdrawNowFor: "withdrawal",
  depositBond: "bond",
  mint: "tokens",
  transfer: "tokens",
};

/** Blocks with transactions, read one after the other as they come. */
export interface ChainReader {
  /** Reads what is new. Rejects when the node cannot be reached. */
  read(): Promise<{ readonly height: number; readonly blocks: readonly BlockPicture[]; readonly isNew: boolean }>;
}

/** `nameOf`: who has this address; null: nobody whom the page knows. */
export function createChainReader(rpcUrl: string, nameOf: (address: string) => string | null): ChainReader {
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 2_000 }) });
  let height: number | null = null;
  let blocks: readonly BlockPicture[] = [];
  return {
    async read() {
      const newest = Number(await client.getBlockNumber({ cacheTime: 0 }));
      // A chain that was thrown back has other blocks now.
      if (height !== null && newest < height) blocks = blocks.filter(({ number }) => number <= newest);
      const from = Math.max(0, newest - MOST_BLOCKS, height === null ? 0 : height + 1);
      const numbers = Array.from({ length: Math.max(0, newest - from + 1) }, (_, i) => BigInt(from + i));
      const read = await Promise.all(
        numbers.map((blockNumber) => client.getBlock({ blockNumber, includeTransactions: true })),
      );
      const busy = read.filter(({ transactions }) => transactions.length > 0);
      const found = await Promise.all(busy.map((block) => pictureOf(block)));
      height = newest;
      blocks = [...found.toReversed(), ...blocks].slice(0, KEPT);
      return { height, blocks, isNew: found.length > 0 };
    },
  };

  async function pictureOf(block: Block<bigint, true>): Promise<BlockPicture> {
    const transactions = await Promise.all(
      block.transactions.map(async ({ hash, from, input, to }) => ({
        from: nameOf(from) ?? "somebody",
        does: to === null ? "deploy" : deedOf(input),
        isDone: (await client.getTransactionReceipt({ hash })).status === "success",
      })),
    );
    return { number: Number(block.number), at: Number(block.timestamp), transactions };
  }
}

function deedOf(input: Transaction["input"]): string {
  if (input === "0x") return "gas";
  for (const abi of [floodgateAbi, testDollarAbi]) {
    try {
      const { functionName, args } = decodeFunctionData({ abi, data: input });
      if (functionName === "multicall") return inside(args?.[0] as readonly Transaction["input"][]);
      return DEEDS[functionName] ?? functionName;
    } catch {
      // Of another contract.
    }
  }
  return "call";
}

/** What calls that share one transaction do. */
function inside(calls: readonly Transaction["input"][]): string {
  const counts = Map.groupBy(calls.map(deedOf), (deed) => deed);
  return [...counts].map(([deed, all]) => (all.length === 1 ? deed : `${deed} ×${all.length}`)).join(", ");
}
