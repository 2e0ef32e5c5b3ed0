import { decodeRlp, encodeRlp, keccak256, stripZerosLeft, toBigInt, toNumber } from "ethers";
import type { Hex } from "../facts/primitives.ts";

/**
 * A block header's fields in the order in which they are hashed. Later forks only added to the end.
 */
const FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const;

/** Numbers are hashed without leading zeros. */
const QUANTITIES: ReadonlySet<string> = new Set([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
]);

export interface Header {
  readonly hash: Hex;
  readonly number: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly stateRoot: Hex;
}

/**
 * The header that a node's block (eth_getBlockByNumber) was hashed from. Null: the chain hashes
 * blocks in another way.
 */
export function encodeHeader(block: Readonly<Record<string, unknown>>): Hex | null {
  const present = FIELDS.filter((field) => typeof block[field] === "string");
  const bytes = encodeRlp(
    present.map((field) => {
      const value = block[field] as Hex;
      if (!QUANTITIES.has(field)) return value;
      return toBigInt(value) === 0n ? "0x" : stripZerosLeft(evenHex(value));
    }),
  );
  return keccak256(bytes) === block.hash ? bytes : null;
}

/** Null for bytes that are no header. */
export function decodeHeader(bytes: Hex): Header | null {
  const fields = decodeRlp(bytes);
  if (typeof fields === "string") return null;
  const field = (name: (typeof FIELDS)[number]): Hex => String(fields[FIELDS.indexOf(name)] ?? "0x");
  const number = (name: "number" | "timestamp"): number => (field(name) === "0x" ? 0 : toNumber(field(name)));
  return {
    hash: keccak256(bytes),
    number: number("number"),
    time: number("timestamp"),
    stateRoot: field("stateRoot"),
  };
}

function evenHex(value: Hex): Hex {
  return value.length % 2 === 0 ? value : `0x0${value.slice(2)}`;
}
