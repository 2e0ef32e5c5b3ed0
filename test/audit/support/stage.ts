import { type Chain, openContract } from "../../../scripts/tamper/play/chain.ts";
import { type Node, startNode } from "../../../scripts/tamper/play/node.ts";
import { createPapers, type Papers } from "../../../scripts/tamper/play/papers.ts";
import { allotterKey, type Key, keyOf, type Party } from "../../../scripts/tamper/play/people.ts";

/** Of both periods, seconds. */
export const PERIOD = 120;

/** What claims on the first allotter's allotments may take from the bond. */
const BOND_BUDGET = 1_000_000n;

/** A contract on a chain inside this process, and its owner, who has tokens. */
export interface Stage extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly chain: Chain;
  readonly papers: Papers;
  /** Owner, operator and recipient of fees at first. */
  readonly owner: Key;
  readonly allotter: Key;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
}

export function partyOf(name: string): Party {
  return { wallet: keyOf(name), session: keyOf(`session of ${name}`), sessionNumber: 1 };
}

export async function openStage(parties: readonly Party[] = []): Promise<Stage> {
  const [owner, allotter] = [keyOf("owner"), allotterKey(1)];
  const node: Node = await startNode([owner, ...parties.map(({ wallet }) => wallet)]);
  const config = {
    allotmentPeriod: PERIOD,
    claimPeriod: PERIOD,
    owner: owner.address,
    operator: owner.address,
    allotter: allotter.address,
    bondBudget: BOND_BUDGET,
    feeRecipient: owner.address,
    feeBps: 100,
  };
  const chain = await openContract(node, config, owner.address);
  return {
    rpcUrl: node.rpcUrl,
    chain,
    papers: createPapers(chain.contract),
    owner,
    allotter,
    rpc: (method, ...params) => node.request({ method, params }),
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}
