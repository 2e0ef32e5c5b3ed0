import type { Logger } from "pino";
import { type CustomTransport, custom } from "viem";
import { agreed, essenceOf, middle, type Rule, reached, ruleOf, type Vote } from "./agreement.ts";
import { type Node, NodeFault, NodeRefusal } from "./node.ts";
import { essenceOfRefusal, isAnswer, isInability } from "./refusals.ts";
import { afterAnswer, afterFault, type Fault, isAside, NEW_STANDING, type Standing } from "./standing.ts";

/** Several nodes of one chain, asked as if they were one. */
export interface Nodes {
  readonly transport: CustomTransport;
  /** How each is trusted now, in the order in which they were given. */
  list(): readonly NodeState[];
  /** Sets the nodes aside that the last answer to this method came from. */
  distrust(reason: string): void;
}

export interface NodeState {
  readonly name: string;
  /** Why it is not asked now; null: it is. */
  readonly aside: Fault | null;
  /** All faults ever, by kind. */
  readonly faults: Standing["totals"];
}

export interface NodesOptions {
  readonly nodes: readonly Node[];
  /** How many must say the same. */
  readonly quorum: number;
  /** Of the chain; null until it is known. */
  readonly chainId: () => number | null;
  /** A block's time may be ahead of this machine by at most this much. */
  readonly maxAheadSec: () => number;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Too few nodes say the same, for now. */
class NoQuorum extends Error {
  override readonly name = "NoQuorum";
}

/** A node so many blocks behind what enough others have is set aside. */
const MAX_LAG = 16n;

interface Answer {
  readonly node: Node;
  readonly value: unknown;
}

export function createNodesTransport(options: NodesOptions): Nodes {
  const { nodes, quorum, log, now } = options;
  const standings = new Map<Node, Standing>(nodes.map((node) => [node, NEW_STANDING]));

  const blame = (node: Node, fault: Fault): void => {
    const before = standings.get(node) as Standing;
    standings.set(node, afterFault(before, fault, now()));
    // Its reason may count blocks or seconds, and be another one each time.
    if (before.fault?.kind !== fault.kind) log.warn({ node: node.name, reason: fault.reason }, "a node is set aside");
  };
  const praise = (node: Node): void => {
    const before = standings.get(node) as Standing;
    if (before.fault !== null) log.info({ node: node.name }, "a node is used again");
    standings.set(node, afterAnswer(before));
  };

  /** Those in good standing; all, if they are too few. */
  const asked = (): readonly Node[] => {
    const good = nodes.filter((node) => !isAside(standings.get(node) as Standing, now()));
    return good.length >= quorum ? good : nodes;
  };

  const request = async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    const rule = ruleOf(method, params);
    if (rule === "all") return tellAll(nodes, method, params);
    if (rule === "head") return askHead({ options, asked: asked(), params, blame, praise, request });
    return ask({ asked: asked(), quorum, rule, method, params, blame, praise });
  };

  return {
    transport: custom({ request }, { retryCount: 1 }),
    list() {
      return nodes.map((node) => {
        const standing = standings.get(node) as Standing;
        const aside = isAside(standing, now()) ? standing.fault : null;
        return { name: node.name, aside, faults: standing.totals };
      });
    },
    distrust(reason) {
      for (const node of nodes) blame(node, { kind: "contradicting", reason });
    },
  };
}

interface Asking {
  readonly asked: readonly Node[];
  readonly blame: (node: Node, fault: Fault) => void;
  readonly praise: (node: Node) => void;
}

/**
 * Ends as soon as enough nodes agree. What comes later only changes the nodes' standing.
 */
function ask({
  asked,
  quorum,
  rule,
  method,
  params,
  blame,
  praise,
}: Asking & {
  readonly quorum: number;
  readonly rule: Rule;
  readonly method: string;
  readonly params: unknown;
}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const votes: (Vote<Node> & { readonly value: unknown; readonly refusal: NodeRefusal | null })[] = [];
    const faults: string[] = [];
    let open = asked.length;
    let fact: string | null = null;

    const unable = (refusal: NodeRefusal | null): boolean => isInability(method, refusal);
    const judge = (): void => {
      const settled = fact !== null;
      fact ??= factOf(votes, quorum, rule, open);
      if (fact === null) {
        if (open === 0) reject(disagreement(method, votes, faults));
        return;
      }
      const found = chosen(votes, fact, rule);
      if (!settled) {
        if (found.refusal) reject(found.refusal);
        else resolve(found.value);
      }
      if (rule !== "same") return;
      for (const { node, essence, refusal } of votes) {
        if (essence === fact) praise(node);
        // A node that has nothing yet lags, or cannot do it; one that has something else errs.
        else if (essence !== "null" && fact !== "null" && ![refusal, found.refusal].some(unable))
          blame(node, { kind: "contradicting", reason: `it says otherwise about ${method}` });
      }
    };
    const take = (vote: (typeof votes)[number]): void => {
      votes.push(vote);
      open--;
      if (rule !== "same") praise(vote.node);
      judge();
    };
    for (const node of asked) {
      node.request(method, params).then(
        (value) => take({ node, value, refusal: null, essence: essenceOf(method, value) }),
        (error: unknown) => {
          if (error instanceof NodeRefusal && isAnswer(method, error))
            return take({ node, value: null, refusal: error, essence: essenceOfRefusal(method, error) });
          const fault = faultOf(error);
          faults.push(`${node.name}: ${fault.reason}`);
          blame(node, fault);
          open--;
          judge();
        },
      );
    }
  });
}

type Cast = Vote<Node> & { readonly value: unknown; readonly refusal: NodeRefusal | null };

function factOf(votes: readonly Cast[], quorum: number, rule: Rule, open: number): string | null {
  if (rule === "same") return agreed(votes, quorum);
  if (rule === "any") return votes[0]?.essence ?? null;
  if (rule === "trial") {
    const works = votes.filter(({ refusal }) => refusal === null);
    if (works.length >= quorum) return "works";
    const refused = votes.filter(({ refusal }) => refusal !== null);
    return refused.length >= quorum ? (refused[0] as Cast).essence : null;
  }
  // The others may know more.
  if (open > 0 || votes.length < quorum) return null;
  const numbers = votes.filter(({ refusal }) => refusal === null).map(({ value }) => BigInt(value as string));
  const found = rule === "reached" ? reached(numbers, quorum) : middle(numbers);
  return found === null ? null : `0x${found.toString(16)}`;
}

function chosen(votes: readonly Cast[], fact: string, rule: Rule): { value: unknown; refusal: NodeRefusal | null } {
  if (rule === "reached" || rule === "middle") return { value: fact, refusal: null };
  if (rule === "trial" && fact === "works") {
    const gas = votes.filter(({ refusal }) => refusal === null).map(({ value }) => BigInt(value as string));
    return { value: `0x${(gas.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) as bigint).toString(16)}`, refusal: null };
  }
  return votes.find(({ essence }) => essence === fact) as Cast;
}

function disagreement(method: string, votes: readonly Cast[], faults: readonly string[]): Error {
  const said = new Set(votes.map(({ essence }) => essence)).size;
  // Too few can do it: the caller may ask for less.
  const unable = votes.find(({ refusal }) => isInability(method, refusal))?.refusal;
  if (unable) return unable;
  const refusal = votes.find(({ refusal: found }) => found !== null)?.refusal;
  // With one node its own word is all there is.
  if (refusal && said === 1) return refusal;
  return new NoQuorum(`${method}: ${said} different answers; ${faults.join("; ") || "no fault"}`);
}

async function tellAll(nodes: readonly Node[], method: string, params: unknown): Promise<unknown> {
  const told = await Promise.allSettled(nodes.map((node) => node.request(method, params)));
  const taken = told.find(({ status }) => status === "fulfilled");
  if (taken?.status === "fulfilled") return taken.value;
  const reasons = told.map((one) => (one.status === "rejected" ? (one.reason as Error) : new Error()));
  throw reasons.find((reason) => reason instanceof NodeRefusal) ?? reasons[0] ?? new NodeFault("no node");
}

function faultOf(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : "unknown";
  return { kind: error instanceof NodeRefusal ? "refusing" : "silent", reason };
}

interface RpcBlock {
  readonly number: string;
  readonly timestamp: string;
}

/**
 * The newest block that enough nodes have, of those that are on the right chain and whose time this
 * machine can believe.
 */
async function askHead({
  options,
  asked,
  params,
  blame,
  praise,
  request,
}: Asking & {
  readonly options: NodesOptions;
  readonly params: unknown;
  readonly request: (call: { method: string; params: unknown }) => Promise<unknown>;
}): Promise<unknown> {
  const { quorum, chainId, maxAheadSec, now } = options;
  const [tag] = params as [string];
  const heads: (Answer & { readonly number: bigint })[] = [];
  await Promise.all(
    asked.map(async (node) => {
      try {
        const [id, block] = await Promise.all([
          node.request("eth_chainId", []),
          node.request("eth_getBlockByNumber", params),
        ]);
        const expected = chainId();
        if (expected !== null && Number(id) !== expected)
          return blame(node, { kind: "other-chain", reason: `it is on chain ${Number(id)}` });
        if (block === null) return;
        const { number, timestamp } = block as RpcBlock;
        const ahead = Number(timestamp) - now() / 1_000;
        if (ahead > maxAheadSec())
          return blame(node, {
            kind: "time-ahead",
            reason: `its time is ${Math.round(ahead)} s ahead of this machine's`,
          });
        heads.push({ node, value: block, number: BigInt(number) });
      } catch (error) {
        blame(node, faultOf(error));
      }
    }),
  );
  const number = reached(
    heads.map((head) => head.number),
    quorum,
  );
  if (number === null) {
    if (tag !== "latest") return null;
    throw new NoQuorum(`too few of ${options.nodes.length} nodes can be used`);
  }
  for (const { node, number: own } of heads)
    if (own + MAX_LAG < number) blame(node, { kind: "behind", reason: `it is ${number - own} blocks behind` });
    else praise(node);
  // The first node's block is one of many of this height: enough nodes must have the same one.
  const exact = heads.filter((head) => head.number === number);
  const [first] = exact;
  if (first && options.nodes.length === 1) return first.value;
  return request({ method: "eth_getBlockByNumber", params: [`0x${number.toString(16)}`, false] });
}
