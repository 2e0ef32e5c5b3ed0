import type { Context } from "../context.ts";
import { countPendingByKind } from "../store/tables/transactions.ts";
import { readWaitingLanes } from "../store/views/operator-desk.ts";
import type { Metric, Sample } from "./exposition.ts";

/** What a monitor sees. Asks no node. */
export async function readMetrics(context: Pick<Context, "chain" | "readiness" | "store">): Promise<Metric[]> {
  const { chain, readiness, store } = context;
  const [pending, waiting] = await Promise.all([countPendingByKind(store.db), readWaitingLanes(store.db)]);
  const problems = readiness.problems();
  const blocks = { latest: chain.latest, confirmed: chain.confirmed };
  const perBlock = (read: (block: typeof chain.latest) => number): Sample[] =>
    Object.entries(blocks).map(([block, facts]) => ({ labels: { block }, value: read(facts) }));
  return [
    one("ready", "1: all of the authority's work goes on (/readyz).", problems.length === 0 ? 1 : 0),
    {
      name: "problem",
      help: "1 for each part that cannot do its work; /readyz says why.",
      samples: problems.map(({ part }) => ({ labels: { part }, value: 1 })),
    },
    { name: "chain_block", help: "Height of a block.", samples: perBlock(({ number }) => number) },
    {
      name: "chain_block_timestamp_seconds",
      help: "Time of that block, seconds since 1970.",
      samples: perBlock(({ timestamp }) => timestamp),
    },
    ...describeNodes(chain.listNodes()),
    {
      name: "transactions_pending",
      help: "The authority's transactions that have not ended.",
      samples: pending.map(({ kind, count }) => ({ labels: { kind }, value: count })),
    },
    one("lanes_waiting", "Lanes with a voucher that are in no batch yet.", waiting.count),
  ];
}

function describeNodes(nodes: ReturnType<Context["chain"]["listNodes"]>): Metric[] {
  return [
    {
      name: "node_used",
      help: "1: the node of the chain is asked; 0: it is set aside for now.",
      samples: nodes.map(({ name: node, aside }) => ({ labels: { node }, value: aside === null ? 1 : 0 })),
    },
    {
      name: "node_aside",
      help: "1 for each node that is set aside, with the reason.",
      samples: nodes.flatMap(({ name: node, aside }) =>
        aside === null ? [] : [{ labels: { node, reason: aside.kind }, value: 1 }],
      ),
    },
    {
      name: "node_faults_total",
      help: "How often a node was set aside, by reason.",
      samples: nodes.flatMap(({ name: node, faults }) =>
        Object.entries(faults).map(([reason, value]) => ({ labels: { node, reason }, value })),
      ),
    },
  ];
}

function one(name: string, help: string, value: number): Metric {
  return { name, help, samples: [{ labels: {}, value }] };
}
