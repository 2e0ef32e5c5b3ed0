import type { Command } from "commander";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import { formatMoney } from "../../protocol/base/units.ts";
import { addressArgument, amountArgument, parsePositive, urlArgument } from "../arguments.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface WithdrawOptions extends CommonOptions {
  readonly to: Address;
  readonly wait?: boolean;
  readonly now?: boolean;
  readonly unilateral?: boolean;
  readonly rpc?: string;
  readonly gasKeyFile?: string;
}

export function addWithdrawCommand(program: Command, runtime: Runtime): void {
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
    .action((amount: string, options: WithdrawOptions) => {
      checkOptions(options);
      const context = contextOf(runtime, options);
      const { rpc } = options;
      return rpc === undefined
        ? withdraw(context, amount, options)
        : withdrawUnilaterally(context, amount, { ...options, rpc });
    });
}

/** @throws {InputError} OPTIONS_INCOMPLETE, OPTIONS_CONFLICT */
function checkOptions({ now, unilateral, rpc, gasKeyFile }: WithdrawOptions): void {
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

/** Through the authority; with --wait or --now until it is paid out. */
async function withdraw(context: CommandContext, text: string, options: WithdrawOptions): Promise<void> {
  const [{ openAccount }, { requestWithdrawal, untilPaidOut, withdrawalDelaySec }] = await Promise.all([
    import("../../client/account/account.ts"),
    import("../../client/account/withdraw.ts"),
  ]);
  const { output, signal } = context;
  const home = await openHome(context);
  const account = await openAccount(home, "login", signal);
  const { token } = account.network.info;
  const amount = parsePositive(text, token.decimals);
  const money = formatMoney(amount, token);
  const wish = { amount, to: options.to, isNow: options.now ?? false };
  let reply = await requestWithdrawal(home, account, wish, signal);
  if (reply.state !== "paid") {
    const minutes = Math.round(withdrawalDelaySec(account, reply) / 60);
    const plan = `${money} leaves for ${toChecksumAddress(options.to)} in about ${minutes} minutes: the authority sends it`;
    output.event(options.wait ? "requested" : "done", { ...reply }, plan);
    if (!options.wait) return;
    reply = await untilPaidOut(account, reply, signal);
  }
  const to = toChecksumAddress(parseAddress(reply.to));
  output.event("done", { ...reply }, `${money} was paid to ${to} (${reply.txHash})`);
}

/**
 * Past the authority: asks the money back and, given again after the delay or with --wait, pays it
 * out.
 */
async function withdrawUnilaterally(
  context: CommandContext,
  text: string,
  options: WithdrawOptions & { readonly rpc: string },
): Promise<void> {
  const [{ openHomeContract }, { payOut, requestExit, untilWithdrawable }, { openGasPayer }] = await Promise.all([
    import("../../client/exit/home-contract.ts"),
    import("../../client/exit/unilateral.ts"),
    import("../keys.ts"),
  ]);
  const { output, signal } = context;
  const { to, gasKeyFile } = options;
  const home = await openHome(context);
  const contract = await openHomeContract(home, options.rpc);
  const amount = parsePositive(text, contract.token.decimals);
  const wallet = await home.unlock();
  const gasPayer = gasKeyFile === undefined ? wallet : await openGasPayer(home, gasKeyFile);
  const leaving = { contract, wallet, gasPayer, amount, to };

  const open = await requestExit(leaving, signal);
  const request = { account: wallet.address, to, withdrawableAt: open.withdrawableAt };
  if (open.now < open.withdrawableAt) {
    const money = formatMoney(open.withdrawing, contract.token);
    const plan = `${money} may leave in ${open.withdrawableAt - open.now} s: give the same command again then`;
    const fields = { ...request, state: "waiting", amount: open.withdrawing };
    output.event(options.wait ? "requested" : "done", fields, plan);
    if (!options.wait) return;
    await untilWithdrawable(leaving, open, signal);
  }
  const paid = await payOut(leaving, signal);
  const line = `${formatMoney(paid.amount, contract.token)} was paid to ${toChecksumAddress(to)} (${paid.txHash})`;
  output.event("done", { ...request, state: "paid", amount: paid.amount, txHash: paid.txHash }, line);
}
