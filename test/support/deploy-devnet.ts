import { deploy } from "../../cli/deploy/deploy.ts";

/** Deploys the contract of an authority with this home, with the devnet's short periods. */
export function deployDevnet(home: string, rpcUrl: string): ReturnType<typeof deploy> {
  return deploy({
    home,
    rpcUrl,
    out: undefined,
    operatorKeyFile: undefined,
    owner: undefined,
    token: undefined,
    feeBps: 100,
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    signal: AbortSignal.timeout(120_000),
  });
}
