import type { Command } from "commander";
import { type Address, toChecksumAddress } from "../../protocol/base/ids.ts";
import { type Amount, formatMoney, parseAmount } from "../../protocol/base/units.ts";
import { addressArgument, amountArgument, parsePositive } from "../arguments.ts";
import { addCommand, type CommandContext, contextOf, type Runtime } from "../runtime.ts";
import { announce, asOwner, type OwnerOptions, onContract, openOwner } from "./owner.ts";

const AT = "--rpc http://127.0.0.1:8545 --contract 0x...";

export function addBondCommands(program: Command, runtime: Runtime): void {
  const bond = program
    .command("bond")
    .summary("show or move the authority's own money that answers for its promises")
    .description("The authority's own money in the contract: claims take from it what a payer cannot cover.");

  onContract(
    addCommand(bond, "status", "show the bond, and which key may spend how much of it", [`bond status ${AT}`]),
  ).action((options: OwnerOptions) => showBond(contextOf(runtime, options), options));

  asOwner(addCommand(bond, "deposit", "add tokens of the owner", [`bond deposit 100 ${AT}`]))
    .argument("<amount>", "like 5 or 12.50", amountArgument)
    .action((amount: string, options: OwnerOptions) => deposit(contextOf(runtime, options), options, amount));

  asOwner(
    addCommand(bond, "request", "ask tokens back, for `bond withdraw` after the delay", [`bond request 100 ${AT}`]),
  )
    .argument("<amount>", "like 5 or 12.50; replaces what was asked before, 0 cancels it", amountArgument)
    .action((amount: string, options: OwnerOptions) => request(contextOf(runtime, options), options, amount));

  asOwner(
    addCommand(bond, "budget", "raise how much of the bond answers for one key of the authority (adds the key)", [
      `bond budget 100 --allotter 0x... ${AT}`,
    ]),
  )
    .argument("<amount>", "like 5 or 12.50; what claims may take in all, never less than before", amountArgument)
    .requiredOption("--allotter <address>", "the key", addressArgument)
    .action((amount: string, options: OwnerOptions & { readonly allotter: Address }) =>
      raiseBudget(contextOf(runtime, options), options, amount),
    );

  asOwner(addCommand(bond, "withdraw", "pay out what was asked back", [`bond withdraw --to 0x... ${AT}`]))
    .requiredOption("--to <address>", "where the tokens go", addressArgument)
    .action((options: OwnerOptions & { readonly to: Address }) => withdraw(contextOf(runtime, options), options));
}

/** For anybody: what the chain says. */
async function showBond({ output }: CommandContext, options: OwnerOptions): Promise<void> {
  const [{ readBond }, { openContract }, { openRpc }] = await Promise.all([
    import("../../client/chain/bond.ts"),
    import("../../client/chain/contract.ts"),
    import("../../client/chain/rpc.ts"),
  ]);
  const contract = await openContract(await openRpc(options.rpc), options.contract);
  const status = await readBond(contract);
  const money = (amount: Amount): string => formatMoney(amount, contract.token);
  const lines = [
    `bond      ${money(status.amount)}, owned by ${toChecksumAddress(status.owner)}`,
    ...(status.withdrawing === 0n
      ? []
      : [`leaving   ${money(status.withdrawing)} from ${formatTime(status.withdrawableAt)}`]),
    ...status.allotters.map(({ allotter, budget, nextBudget, effectiveAt, spent, isCurrent }) => {
      const state = isCurrent ? "current" : "retired";
      const next = nextBudget === budget ? "" : `; ${money(nextBudget)} from ${formatTime(effectiveAt)} on`;
      return `allotter  ${toChecksumAddress(allotter)} (${state}): ${money(spent)} taken of ${money(budget)}${next}`;
    }),
  ];
  output.event("done", { ...status }, lines.join("\n"));
}

async function deposit(context: CommandContext, options: OwnerOptions, text: string): Promise<void> {
  const { checkTokens, depositBond, encodeBond } = await import("../../client/chain/bond.ts");
  const acting = await openOwner(options);
  const { contract, owner, timelock } = acting;
  const amount = parsePositive(text, contract.token.decimals);
  const money = formatMoney(amount, contract.token);
  if (timelock !== null) {
    await checkTokens(contract.rpc, contract.token, timelock, amount);
    const calls = encodeBond(contract);
    return announce(context, acting, [calls.approve(amount), calls.deposit(amount)], `a bond of ${money} more`);
  }
  const txHash = await depositBond(contract, owner, amount, context.signal);
  context.output.event("done", { amount, txHash }, `${money} was added to the bond`);
}

async function request(context: CommandContext, options: OwnerOptions, text: string): Promise<void> {
  const { checkBond, encodeBond, requestBond } = await import("../../client/chain/bond.ts");
  const acting = await openOwner(options);
  const { contract, owner, timelock } = acting;
  const amount = parseAmount(text, contract.token.decimals);
  const money = formatMoney(amount, contract.token);
  if (timelock !== null) {
    await checkBond(contract, amount);
    return announce(context, acting, [encodeBond(contract).request(amount)], `a request for ${money}`);
  }
  const { withdrawableAt, txHash } = await requestBond(contract, owner, amount, context.signal);
  const line = amount === 0n ? "the request is cancelled" : `${money} may leave from ${formatTime(withdrawableAt)}`;
  context.output.event("done", { amount, withdrawableAt, txHash }, line);
}

async function raiseBudget(
  context: CommandContext,
  options: OwnerOptions & { readonly allotter: Address },
  text: string,
): Promise<void> {
  const { encodeBond, readBond, setBudget } = await import("../../client/chain/bond.ts");
  const acting = await openOwner(options);
  const { contract, owner, timelock } = acting;
  const { allotter } = options;
  const budget = parseAmount(text, contract.token.decimals);
  const money = formatMoney(budget, contract.token);
  if (timelock !== null) {
    const what = `a budget of ${money} for ${toChecksumAddress(allotter)}`;
    return announce(context, acting, [encodeBond(contract).budget({ allotter, budget })], what);
  }
  const txHash = await setBudget(contract, owner, { allotter, budget }, context.signal);
  const { delaySec } = await readBond(contract);
  const line = `claims on allotments of ${toChecksumAddress(allotter)} may take ${money} of the bond in ${delaySec} s`;
  context.output.event("done", { allotter, budget, txHash }, line);
}

async function withdraw(context: CommandContext, options: OwnerOptions & { readonly to: Address }): Promise<void> {
  const { encodeBond, withdrawBond } = await import("../../client/chain/bond.ts");
  const acting = await openOwner(options);
  const { contract, owner, timelock } = acting;
  const { to } = options;
  if (timelock !== null) {
    const what = `a payment to ${toChecksumAddress(to)}`;
    return announce(context, acting, [encodeBond(contract).withdraw(to)], what);
  }
  const { amount, txHash } = await withdrawBond(contract, owner, to, context.signal);
  const line = `${formatMoney(amount, contract.token)} of the bond was paid to ${toChecksumAddress(to)}`;
  context.output.event("done", { to, amount, txHash }, line);
}

function formatTime(timeSec: number): string {
  return new Date(1_000 * timeSec).toISOString();
}
