import type { Info } from "../../protocol/http/public.ts";
import type { Context } from "../context.ts";
import type { BondAtBlock } from "./mirror/mirror-reads.ts";

/** What the contract's owner may change while the authority runs, as of the confirmed block. */
export async function readTerms({
  chain,
  keys,
}: Pick<Context, "chain" | "keys">): Promise<Pick<Info, "feeBps" | "bond">> {
  const [feeBps, bond] = await Promise.all([chain.readFeeBps(), chain.readBond(keys.signers[0] ?? null)]);
  return { feeBps, bond: bondToJson(bond) };
}

function bondToJson({ amount, withdrawing, withdrawableAt, budget, spent }: BondAtBlock): Info["bond"] {
  return {
    amount: amount.toString(),
    withdrawing: withdrawing.toString(),
    withdrawableAt,
    budget: budget.toString(),
    spent: spent.toString(),
  };
}
