import type { Hex } from "../../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";

/**
 * What a node would answer about the logs of one transaction. A second line of the recording is the
 * transaction.
 */
export interface RecordedLogs {
  readonly blockNumber: number;
  readonly transactionHash: Hex;
  readonly logs: readonly { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }[];
}

export const CHAIN_ID = 31_337;
export const CONTRACT = parseAddress(`0x${"c0".repeat(20)}`);
export const TOKEN = parseAddress(`0x${"70".repeat(20)}`);

/** Of the first block; each later one is a second later. */
export const START_TIME = 1_700_000_000;
