import { formatEther, formatGwei } from "viem";
import type { Context } from "../../context.ts";
import type { StoredTransaction } from "../../store/tables/transactions.ts";
import type { Memory } from "./memory.ts";
import type { GasNeed } from "./signing.ts";

/** Tells the operator what keeps transactions from the chain. */
export function reportTroubles(
  { config, readiness }: Context,
  {
    transactions,
    memory,
    aboveCeiling = 0,
    gas = null,
  }: {
    readonly transactions: readonly StoredTransaction[];
    readonly memory: Memory;
    readonly aboveCeiling?: number;
    readonly gas?: GasNeed | null;
  },
): void {
  readiness.report(
    "gas",
    gas && `operator ${gas.sender} has ${formatEther(gas.balance)} ETH, needs ${formatEther(gas.needed)} ETH`,
  );
  const ceiling = formatGwei(config.chain.transactions.ceiling);
  readiness.report(
    "gas price",
    aboveCeiling === 0
      ? null
      : `gas costs more than the ceiling of ${ceiling} gwei: ${aboveCeiling} ${aboveCeiling === 1 ? "transaction waits" : "transactions wait"}`,
  );
  const held = transactions.flatMap(({ id, actionId, state, refusedSince, reason }) => {
    const why = state === "intent" && refusedSince !== null ? reason : memory.of(id).trouble;
    return why === null ? [] : [{ actionId, why }];
  });
  const [first] = held;
  readiness.report(
    "transactions",
    first === undefined ? null : `${held.length} wait, such as ${first.actionId}: ${first.why}`,
  );
}
