import type { Command } from "commander";
import { InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { addressArgument, amountArgument, cardArgument, urlArgument } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime, withPassphrase } from "../runtime.ts";

interface RegisterOptions extends CommonOptions {
  readonly authority: string;
  readonly deposit?: string;
  readonly card?: string;
  readonly limit?: string;
}

interface DepositOptions extends CommonOptions {
  readonly card: string;
}

interface WithdrawOptions extends CommonOptions {
  readonly to: Address;
  readonly wait?: boolean;
  readonly now?: boolean;
  readonly unilateral?: boolean;
  readonly rpc?: string;
  readonly gasKeyFile?: string;
}

const CARD_HELP = "card to charge (devnet: 4242424242424242 pays)";

/** Commands about the account and its money. */
export function addMoneyCommands(program: Command, runtime: Runtime): void {
  withPassphrase(
    addCommand(program, "register", "register the wallet with an authority, pay in, and authorize this device", [
      "register --authority http://127.0.0.1:8600 --deposit 5 --card 4242424242424242",
    ]),
  )
    .requiredOption("--authority <url>", "address of the authority's API", urlArgument)
    .option("--deposit <amount>", "first deposit, like 5 or 12.50", amountArgument)
    .option("--card <number>", CARD_HELP, cardArgument)
    .option("--limit <amount>", "most that this device may ever spend (default: no limit)", amountArgument)
    .action(async (options: RegisterOptions) => {
      const context = contextOf(runtime, options);
      const { register } = await import("../account/register.ts");
      await register(context, options);
    });

  withPassphrase(
    addCommand(program, "deposit", "charge a card and credit the account", ["deposit 5 --card 4242424242424242"]),
  )
    .argument("<amount>", "like 5 or 12.50", amountArgument)
    .requiredOption("--card <number>", CARD_HELP, cardArgument)
    .action(async (text: string, options: DepositOptions) => {
      const context = contextOf(runtime, options);
      const { deposit } = await import("../account/register.ts");
      await deposit(context, text, options.card);
    });

  withPassphrase(addCommand(program, "balance", "show what the account has, owes and is owed", ["balance"])).action(
    async (options: CommonOptions) => {
      const context = contextOf(runtime, options);
      const { showBalance } = await import("../account/statements.ts");
      await showBalance(context);
    },
  );

  withPassphrase(addCommand(program, "earnings", "show what the account earned, by content", ["earnings"])).action(
    async (options: CommonOptions) => {
      const context = contextOf(runtime, options);
      const { showEarnings } = await import("../account/statements.ts");
      await showEarnings(context);
    },
  );

  withPassphrase(
    addCommand(program, "withdraw", "take money out of the account, to a wallet, after the contract's delay", [
      "withdraw 0.10 --to 0x... --wait",
      "withdraw 0.10 --to 0x... --now                                       # what no download needs",
      "withdraw 0.10 --to 0x... --unilateral --rpc http://127.0.0.1:8545    # the authority is away",
    ]),
  )
    .argument("<amount>", "like 5 or 12.50", amountArgument)
    .requiredOption("--to <address>", "where the tokens go", addressArgument)
    .option("--wait", "wait until the tokens are there")
    .option("--now", "without the delay, if the authority says that no running download needs the money")
    .option("--unilateral", "without the authority, with own gas; give it again after the delay, or --wait")
    .option("--rpc <url>", "address of a chain node, for --unilateral", urlArgument)
    .option("--gas-key-file <file>", "key that pays the gas of --unilateral (default: the home's wallet)")
    .action(async (amount: string, options: WithdrawOptions) => {
      const context = contextOf(runtime, options);
      checkWithdraw(options);
      const { to, rpc, gasKeyFile } = options;
      const isWaiting = options.wait ?? false;
      if (rpc !== undefined) {
        const { withdrawUnilaterally } = await import("../exit/unilateral.ts");
        return withdrawUnilaterally(context, { rpc, amount, to, isWaiting, gasKeyFile });
      }
      const { withdraw } = await import("../account/withdraw.ts");
      return withdraw(context, { amount, to, isWaiting, isNow: options.now ?? false });
    });
}

/** @throws {InputError} OPTIONS_INCOMPLETE, OPTIONS_CONFLICT */
function checkWithdraw({ now, unilateral, rpc, gasKeyFile }: WithdrawOptions): void {
  if (now && unilateral)
    throw new InputError(
      "OPTIONS_CONFLICT",
      "--now asks the authority, --unilateral does without it: give one of them",
    );
  if ((unilateral ?? false) !== (rpc !== undefined) || (gasKeyFile !== undefined && rpc === undefined))
    throw new InputError(
      "OPTIONS_INCOMPLETE",
      "give --unilateral and --rpc together, and --gas-key-file only with them",
    );
}
