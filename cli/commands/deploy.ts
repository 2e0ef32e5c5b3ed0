import type { Command } from "commander";
import type { Address } from "../../protocol/base/ids.ts";
import { addressArgument, amountArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

const MONTH = 30 * 24 * 3600;
const YEAR = 365 * 24 * 3600;

interface Options extends CommonOptions {
  readonly rpc: string;
  readonly out?: string;
  readonly operatorKeyFile?: string;
  readonly owner?: Address;
  readonly timelock?: number;
  readonly token?: Address;
  readonly feeBps: number;
  readonly allotmentPeriod: number;
  readonly claimPeriod: number;
  readonly bond?: string;
  readonly bondBudget?: string;
}

export function addDeployCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "deploy", "put the contract on a chain, and make the authority's keys", [
    "deploy --rpc http://127.0.0.1:8545 --home ~/authority",
  ])
    .requiredOption("--rpc <url>", "address of the chain's node", urlArgument)
    .option("--out <file>", "where the deployment file goes (default: deployment.json in the home)")
    .option(
      "--fee-bps <number>",
      "the authority's share of each payment, in 1/100 %, at most 1000",
      wholeNumber(0, 1_000),
      100,
    )
    .option("--allotment-period <seconds>", "longest life of an allotment", wholeNumber(1, MONTH), 120)
    .option("--claim-period <seconds>", "time to claim after an allotment has expired", wholeNumber(1, MONTH), 120)
    .option("--token <address>", "ERC-20 to count in (default: a TestDollar; devnet only)", addressArgument)
    .option("--owner <address>", "owner of the contract (default on a devnet: the account that pays)", addressArgument)
    .option(
      "--timelock <seconds>",
      "let the owner act through a timelock of this delay; 0: without one (default: 0 on a devnet, else a week)",
      wholeNumber(0, YEAR),
    )
    .option("--operator-key-file <file>", "key that pays and settles (default on a devnet: made in the home)")
    .option("--bond <amount>", "what the owner puts into the bond (default: 100 on a devnet, else 0)", amountArgument)
    .option("--bond-budget <amount>", "how much of it answers for this allotter key (default: all)", amountArgument)
    .action(async (options: Options) => {
      const { output, home, signal } = contextOf(runtime, options);
      const { deploy } = await import("../deploy/deploy.ts");
      const { deployment, path } = await deploy({
        home,
        rpcUrl: options.rpc,
        out: options.out,
        operatorKeyFile: options.operatorKeyFile,
        owner: options.owner,
        timelockSec: options.timelock,
        token: options.token,
        feeBps: options.feeBps,
        allotmentPeriodSec: options.allotmentPeriod,
        claimPeriodSec: options.claimPeriod,
        bond: options.bond,
        bondBudget: options.bondBudget,
        signal,
      });
      const text = `contract ${deployment.contract}\ntoken    ${deployment.token}\nThe authority starts with ${path} and the keys beside it.`;
      output.event("done", { ...deployment, path }, text);
    });
}
