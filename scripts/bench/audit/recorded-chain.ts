import { openSync, readFileSync, readSync } from "node:fs";
import type { ChainReader } from "../../../audit/chain/chain-reader.ts";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { keccak256 } from "../../../protocol/base/hashes.ts";
import { CHAIN_ID, type RecordedLogs, START_TIME } from "./recording.ts";

type Line = readonly [offset: number, length: number];
type Logs = Awaited<ReturnType<ChainReader["logs"]>>;

/** Transactions whose logs are kept: more than a range of blocks has. */
const MAX_LATELY = 64;

/** A recording as a node that answers at once: nothing but an index of it is in memory. */
export function openRecording(path: string): ChainReader {
  const file = openSync(path, "r");
  const { logLines, transactionLines } = indexOf(path);
  const read = ([offset, length]: Line): unknown => {
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, offset);
    return JSON.parse(bytes.toString());
  };
  // The audit asks three times for the logs of each range, and only the audit is to be measured.
  const lately = new Map<number, RecordedLogs>();
  const logsOf = (block: number, line: Line): RecordedLogs => {
    const known = lately.get(block) ?? (read(line) as RecordedLogs);
    if (lately.size >= MAX_LATELY) lately.clear();
    lately.set(block, known);
    return known;
  };
  const hashOf = (block: number): Hex => bytesToHex(keccak256(Buffer.from(`block ${block}`)));
  const unused = (): never => {
    throw new Error("a recording has no state");
  };
  return {
    chainId: BigInt(CHAIN_ID),
    latestBlock: unused,
    // Nobody here has code.
    code: async () => "0x",
    call: unused,
    time: unused,
    nonces: unused,
    gasUsed: unused,
    rawBlock: unused,
    storageProof: unused,
    trace: async () => null,
    block: async (number) => ({ number, hash: hashOf(number), time: START_TIME + number }),
    transaction: async (hash) => read(transactionLines.get(hash) as Line) as never,
    async logs({ address, topics = [] }, from, to) {
      const found: object[] = [];
      for (const [block, line] of logLines) {
        if (block < from || block > to) continue;
        const { logs, blockNumber, transactionHash } = logsOf(block, line);
        for (const [index, log] of logs.entries()) {
          const isAsked = (topics as (Hex | null)[]).every((topic, i) => topic === null || topic === log.topics[i]);
          if (log.address !== String(address).toLowerCase() || !isAsked) continue;
          const at = { blockNumber, blockHash: hashOf(blockNumber), transactionHash, index, removed: false };
          found.push({ ...log, ...at });
        }
      }
      return found as Logs;
    },
  };
}

function indexOf(path: string) {
  const bytes = readFileSync(path);
  const logLines = new Map<number, Line>();
  const transactionLines = new Map<string, Line>();
  for (let offset = 0; offset < bytes.length; ) {
    const logsEnd = bytes.indexOf("\n", offset);
    const end = bytes.indexOf("\n", logsEnd + 1);
    const { blockNumber, transactionHash } = JSON.parse(bytes.toString("utf8", offset, logsEnd)) as RecordedLogs;
    logLines.set(blockNumber, [offset, logsEnd - offset]);
    transactionLines.set(transactionHash, [logsEnd + 1, end - logsEnd - 1]);
    offset = end + 1;
  }
  return { logLines, transactionLines };
}
