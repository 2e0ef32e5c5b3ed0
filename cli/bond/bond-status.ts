import { parseEventLogs } from "viem";
import { type Contract, openContract } from "../../client/chain/contract.ts";
import { findCreation, readLogs } from "../../client/chain/history.ts";
import { chainCall, openRpc } from "../../client/chain/rpc.ts";
import { type Address, parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";

/** The bond, and how much of it answers for which key of the authority. Base units; seconds since 1970. */
interface BondStatus {
  readonly owner: Address;
  readonly amount: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  readonly delaySec: number;
  readonly allotters: readonly {
    readonly allotter: Address;
    readonly budget: Amount;
    readonly spent: Amount;
    readonly isCurrent: boolean;
    readonly retiredAt: number;
  }[];
}

/** For anybody: what the chain says. */
export async function showBond(
  { output }: Context,
  options: { readonly rpc: string; readonly contract: Address },
): Promise<void> {
  const contract = await openContract(await openRpc(options.rpc), options.contract);
  const status = await readBond(contract);
  const money = (amount: Amount): string => formatMoney(amount, contract.token);
  const lines = [
    `bond      ${money(status.amount)}, owned by ${toChecksumAddress(status.owner)}`,
    ...(status.withdrawing === 0n
      ? []
      : [`leaving   ${money(status.withdrawing)} from ${new Date(1_000 * status.withdrawableAt).toISOString()}`]),
    ...status.allotters.map(({ allotter, budget, spent, isCurrent }) => {
      const state = isCurrent ? "current" : "retired";
      return `allotter  ${toChecksumAddress(allotter)} (${state}): ${money(spent)} taken of ${money(budget)}`;
    }),
  ];
  output.event("done", { ...status }, lines.join("\n"));
}

export async function readOwner({ rpc, address }: Contract): Promise<Address> {
  const read = { address, abi: floodgateAbi, functionName: "owner" } as const;
  return parseAddress(await chainCall(rpc.url, () => rpc.client.readContract(read)));
}

export async function readBond(contract: Contract): Promise<BondStatus> {
  const { rpc, address } = contract;
  const { client, url } = rpc;
  const blockNumber = await chainCall(url, () => client.getBlockNumber({ cacheTime: 0 }));
  const logs = await readLogs(contract, ["AllotterSet"], await findCreation(contract, blockNumber), blockNumber);
  const set = parseEventLogs({ abi: floodgateAbi, logs, eventName: "AllotterSet" });
  const keys = [...new Set(set.map(({ args }) => parseAddress(args.allotter)))];
  const of = { address, abi: floodgateAbi, blockNumber } as const;
  return chainCall(url, async () => {
    const { amount, withdrawing, withdrawableAt } = await client.readContract({ ...of, functionName: "bond" });
    const delaySec = await client.readContract({ ...of, functionName: "bondDelay" });
    const states = await Promise.all(
      keys.map((key) => client.readContract({ ...of, functionName: "allotterOf", args: [key] })),
    );
    const allotters = states.map(({ bondBudget, bondSpent, isCurrent, retiredAt }, i) => {
      const allotter = keys[i] as Address;
      return { allotter, budget: bondBudget, spent: bondSpent, isCurrent, retiredAt };
    });
    return { owner: await readOwner(contract), amount, withdrawing, withdrawableAt, delaySec, allotters };
  });
}
