import type { Context } from "../context.ts";
import type { SettlementRules } from "./planner.ts";

export function rulesOf({ config, chain }: Pick<Context, "config" | "chain">): SettlementRules {
  const { minRow, settleAgeSec, settleValue, statementWaitSec, pushIntervalSec } = config.params;
  return {
    minRow,
    settleAgeSec,
    settleValue,
    statementWaitSec,
    // A payee's last push may fail once.
    pushGraceSec: 3 * pushIntervalSec,
    claimPeriodSec: chain.facts.claimPeriodSec,
  };
}
