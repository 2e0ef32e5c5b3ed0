import type { Command } from "commander";
import { amountArgument, urlArgument } from "../arguments.ts";
import type { ClaimOptions } from "../exit/claim.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime, withPassphrase } from "../runtime.ts";

export function addClaimCommand(program: Command, runtime: Runtime): void {
  withPassphrase(
    addCommand(program, "claim", "bring this home's vouchers to the contract itself: no authority is needed", [
      "claim --rpc http://127.0.0.1:8545",
      "claim --rpc http://127.0.0.1:8545 --all --gas-key-file ~/gas.key",
    ]),
  )
    .requiredOption("--rpc <url>", "address of a chain node", urlArgument)
    .option("--all", "also lanes that the authority may still settle in time")
    .option("--min <amount>", "leave lanes on which less is due (default: 0)", amountArgument)
    .option("--dry-run", "show what would be claimed, and send nothing")
    .option("--gas-key-file <file>", "key that pays the gas (default: the home's wallet)")
    .action(async (options: ClaimOptions & CommonOptions) => {
      const context = contextOf(runtime, options);
      const { claim } = await import("../exit/claim.ts");
      await claim(context, options);
    });
}
