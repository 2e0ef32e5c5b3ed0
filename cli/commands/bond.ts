import type { Command } from "commander";
import type { Address } from "../../protocol/base/ids.ts";
import { addressArgument, amountArgument, urlArgument } from "../arguments.ts";
import type { BondOptions } from "../bond/bond.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

type Options = BondOptions & CommonOptions;

const AT = "--rpc http://127.0.0.1:8545 --contract 0x...";

export function addBondCommands(program: Command, runtime: Runtime): void {
  const bond = program
    .command("bond")
    .summary("show or move the authority's own money that answers for its promises")
    .description("The authority's own money in the contract: claims take from it what a payer cannot cover.");

  onContract(
    addCommand(bond, "status", "show the bond, and which key may spend how much of it", [`bond status ${AT}`]),
  ).action(async (options: Options) => {
    const { showBond } = await import("../bond/bond-status.ts");
    await showBond(contextOf(runtime, options), options);
  });

  asOwner(addCommand(bond, "deposit", "add tokens of the owner", [`bond deposit 100 ${AT}`]))
    .argument("<amount>", "like 5 or 12.50", amountArgument)
    .action(async (amount: string, options: Options) => {
      const { depositBond } = await import("../bond/bond.ts");
      await depositBond(contextOf(runtime, options), options, amount);
    });

  asOwner(
    addCommand(bond, "request", "ask tokens back, for `bond withdraw` after the delay", [`bond request 100 ${AT}`]),
  )
    .argument("<amount>", "like 5 or 12.50; replaces what was asked before, 0 cancels it", amountArgument)
    .action(async (amount: string, options: Options) => {
      const { requestBond } = await import("../bond/bond.ts");
      await requestBond(contextOf(runtime, options), options, amount);
    });

  asOwner(
    addCommand(bond, "budget", "raise how much of the bond answers for one key of the authority (adds the key)", [
      `bond budget 100 --allotter 0x... ${AT}`,
    ]),
  )
    .argument("<amount>", "like 5 or 12.50; what claims may take in all, never less than before", amountArgument)
    .requiredOption("--allotter <address>", "the key", addressArgument)
    .action(async (amount: string, options: Options & { readonly allotter: Address }) => {
      const { setBudget } = await import("../bond/bond.ts");
      await setBudget(contextOf(runtime, options), options, amount, options.allotter);
    });

  asOwner(addCommand(bond, "withdraw", "pay out what was asked back", [`bond withdraw --to 0x... ${AT}`]))
    .requiredOption("--to <address>", "where the tokens go", addressArgument)
    .action(async (options: Options & { readonly to: Address }) => {
      const { withdrawBond } = await import("../bond/bond.ts");
      await withdrawBond(contextOf(runtime, options), options, options.to);
    });
}

function onContract(command: Command): Command {
  return command
    .requiredOption("--rpc <url>", "address of a chain node", urlArgument)
    .requiredOption("--contract <address>", "address of the Floodgate contract", addressArgument);
}

function asOwner(command: Command): Command {
  return onContract(command).option("--key-file <file>", "the owner's key (default on a devnet: its first account)");
}
