/** When what several nodes say is a fact. Pure. */

/** How the answers to one method become one. */
export type Rule =
  /** Enough nodes say the same. */
  | "same"
  /** The newest block that enough nodes have. */
  | "head"
  /** The greatest number that enough nodes reach. */
  | "reached"
  /** The middle of the numbers. */
  | "middle"
  /** Every node is told; one that takes it is enough. */
  | "all"
  /** Enough nodes can do it, or enough say why not. */
  | "trial"
  /** Whoever answers first. */
  | "any";

export function ruleOf(method: string, params: unknown): Rule {
  const [, second] = Array.isArray(params) ? (params as unknown[]) : [];
  const [first] = Array.isArray(params) ? (params as unknown[]) : [];
  switch (method) {
    case "eth_getBlockByNumber":
      return isHeight(first) ? "same" : "head";
    case "eth_getTransactionCount":
      return isHeight(second) ? "same" : "reached";
    case "eth_estimateGas":
      return "trial";
    case "eth_sendRawTransaction":
      return "all";
    case "eth_gasPrice":
    case "eth_maxPriorityFeePerGas":
      return "middle";
    case "eth_feeHistory":
      return "any";
    default:
      return "same";
  }
}

const isHeight = (block: unknown): boolean => typeof block === "string" && block.startsWith("0x");

/**
 * What of an answer must be the same. Nodes of several makers add fields of their own.
 */
export function essenceOf(method: string, answer: unknown): string {
  if (answer === null || answer === undefined) return "null";
  switch (method) {
    case "eth_getBlockByNumber":
    case "eth_getBlockByHash":
      return pick(answer, ["number", "hash", "parentHash", "timestamp"]);
    case "eth_getTransactionByHash":
      return pick(answer, ["hash", "blockHash", "to", "input"]);
    case "eth_getLogs":
      return Array.isArray(answer) ? JSON.stringify(answer.map(logOf)) : "not a list";
    case "eth_getTransactionReceipt": {
      const logs = (answer as { logs?: unknown }).logs;
      const own = pick(answer, ["blockHash", "blockNumber", "transactionHash", "status", "gasUsed"]);
      return own + JSON.stringify(Array.isArray(logs) ? logs.map(logOf) : "not a list");
    }
    default:
      return JSON.stringify(answer)?.toLowerCase() ?? "undefined";
  }
}

function logOf(log: unknown): string {
  return pick(log, ["address", "topics", "data", "blockHash", "transactionHash", "logIndex"]);
}

function pick(value: unknown, fields: readonly string[]): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fieldsOf = value as Readonly<Record<string, unknown>>;
  return JSON.stringify(fields.map((field) => fieldsOf[field] ?? null)).toLowerCase();
}

export interface Vote<T> {
  readonly node: T;
  readonly essence: string;
}

/** What at least `quorum` nodes say; null while too few say the same. */
export function agreed<T>(votes: readonly Vote<T>[], quorum: number): string | null {
  for (const [essence, same] of Map.groupBy(votes, (vote) => vote.essence)) if (same.length >= quorum) return essence;
  return null;
}

/** The greatest number that at least `quorum` of them reach; null if they are too few. */
export function reached(numbers: readonly bigint[], quorum: number): bigint | null {
  return numbers.toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0))[quorum - 1] ?? null;
}

/** The lower of the two in the middle; null of none. */
export function middle(numbers: readonly bigint[]): bigint | null {
  return numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[(numbers.length - 1) >> 1] ?? null;
}
