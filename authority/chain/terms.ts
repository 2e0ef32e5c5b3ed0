import { ChainError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Chain } from "./chain.ts";
import type { BondAtBlock } from "./reads.ts";

/** What the contract's owner may change while the authority runs. */
export interface Terms {
  /** As of the confirmed block; the last known while the chain cannot be read. */
  read(): Promise<Pick<Info, "feeBps" | "bond">>;
}

export async function createTerms(chain: Chain, allotter: Address): Promise<Terms> {
  let block = -1;
  const readAll = async () => {
    const { number } = chain.confirmed;
    const [feeBps, bond] = await Promise.all([chain.readFeeBps(), chain.readBond(allotter, number)]);
    block = number;
    return { feeBps, bond: bondToJson(bond) };
  };
  let known = await readAll();
  return {
    async read() {
      if (block === chain.confirmed.number) return known;
      try {
        known = await readAll();
      } catch (error) {
        if (!(error instanceof ChainError)) throw error;
      }
      return known;
    },
  };
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
