import type { Command } from "commander";
import type { Contract } from "../../client/chain/contract.ts";
import type { GasPayer } from "../../client/chain/sender.ts";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { type Address, toChecksumAddress } from "../../protocol/base/ids.ts";
import { type Amount, formatMoney, parseAmount } from "../../protocol/base/units.ts";
import { addressArgument, amountArgument, parsePositive, urlArgument } from "../arguments.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface BondOptions extends CommonOptions {
  readonly rpc: string;
  readonly contract: Address;
  readonly keyFile?: string;
}

const AT = "--rpc http://127.0.0.1:8545 --contract 0x...";

export function addBondCommands(program: Command, runtime: Runtime): void {
  const bond = program
    .command("bond")
    .summary("show or move the authority's own money that answers for its promises")
    .description("The authority's own money in the contract: claims take from it what a payer cannot cover.");

  onContract(
    addCommand(bond, "status", "show the bond, and which key may spend how much of it", [`bond status ${AT}`]),
  ).action((options: BondOptions) => showBond(contextOf(runtime, options), options));

  asOwner(addCommand(bond, "deposit", "add tokens of the owner", [`bond deposit 100 ${AT}`]))
    .argument("<amount>", "like 5 or 12.50", amountArgument)
    .action((amount: string, options: BondOptions) => deposit(contextOf(runtime, options), options, amount));

  asOwner(
    addCommand(bond, "request", "ask tokens back, for `bond withdraw` after the delay", [`bond request 100 ${AT}`]),
  )
    .argument("<amount>", "like 5 or 12.50; replaces what was asked before, 0 cancels it", amountArgument)
    .action((amount: string, options: BondOptions) => request(contextOf(runtime, options), options, amount));

  asOwner(
    addCommand(bond, "budget", "raise how much of the bond answers for one key of the authority (adds the key)", [
      `bond budget 100 --allotter 0x... ${AT}`,
    ]),
  )
    .argument("<amount>", "like 5 or 12.50; what claims may take in all, never less than before", amountArgument)
    .requiredOption("--allotter <address>", "the key", addressArgument)
    .action((amount: string, options: BondOptions & { readonly allotter: Address }) =>
      raiseBudget(contextOf(runtime, options), options, amount),
    );

  asOwner(addCommand(bond, "withdraw", "pay out what was asked back", [`bond withdraw --to 0x... ${AT}`]))
    .requiredOption("--to <address>", "where the tokens go", addressArgument)
    .action((options: BondOptions & { readonly to: Address }) => withdraw(contextOf(runtime, options), options));
}

function onContract(command: Command): Command {
  return command
    .requiredOption("--rpc <url>", "address of a chain node", urlArgument)
    .requiredOption("--contract <address>", "address of the Floodgate contract", addressArgument);
}

function asOwner(command: Command): Command {
  return onContract(command).option("--key-file <file>", "the owner's key (default on a devnet: its first account)");
}

/** For anybody: what the chain says. */
async function showBond({ output }: CommandContext, options: BondOptions): Promise<void> {
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
      : [`leaving   ${money(status.withdrawing)} from ${new Date(1_000 * status.withdrawableAt).toISOString()}`]),
    ...status.allotters.map(({ allotter, budget, nextBudget, effectiveAt, spent, isCurrent }) => {
      const state = isCurrent ? "current" : "retired";
      const next =
        nextBudget === budget ? "" : `; ${money(nextBudget)} from ${new Date(1_000 * effectiveAt).toISOString()} on`;
      return `allotter  ${toChecksumAddress(allotter)} (${state}): ${money(spent)} taken of ${money(budget)}${next}`;
    }),
  ];
  output.event("done", { ...status }, lines.join("\n"));
}

async function deposit({ output, signal }: CommandContext, options: BondOptions, text: string): Promise<void> {
  const { depositBond } = await import("../../client/chain/bond.ts");
  const { contract, owner } = await openOwner(options);
  const amount = parsePositive(text, contract.token.decimals);
  const txHash = await depositBond(contract, owner, amount, signal);
  output.event("done", { amount, txHash }, `${formatMoney(amount, contract.token)} was added to the bond`);
}

async function request({ output, signal }: CommandContext, options: BondOptions, text: string): Promise<void> {
  const { requestBond } = await import("../../client/chain/bond.ts");
  const { contract, owner } = await openOwner(options);
  const amount = parseAmount(text, contract.token.decimals);
  const { withdrawableAt, txHash } = await requestBond(contract, owner, amount, signal);
  const from = new Date(1_000 * withdrawableAt).toISOString();
  const line =
    amount === 0n ? "the request is cancelled" : `${formatMoney(amount, contract.token)} may leave from ${from}`;
  output.event("done", { amount, withdrawableAt, txHash }, line);
}

async function raiseBudget(
  { output, signal }: CommandContext,
  options: BondOptions & { readonly allotter: Address },
  text: string,
): Promise<void> {
  const { readBond, setBudget } = await import("../../client/chain/bond.ts");
  const { contract, owner } = await openOwner(options);
  const { allotter } = options;
  const budget = parseAmount(text, contract.token.decimals);
  const txHash = await setBudget(contract, owner, { allotter, budget }, signal);
  const { delaySec } = await readBond(contract);
  const money = formatMoney(budget, contract.token);
  const line = `claims on allotments of ${toChecksumAddress(allotter)} may take ${money} of the bond in ${delaySec} s`;
  output.event("done", { allotter, budget, txHash }, line);
}

async function withdraw(
  { output, signal }: CommandContext,
  options: BondOptions & { readonly to: Address },
): Promise<void> {
  const { withdrawBond } = await import("../../client/chain/bond.ts");
  const { contract, owner } = await openOwner(options);
  const { to } = options;
  const { amount, txHash } = await withdrawBond(contract, owner, to, signal);
  const line = `${formatMoney(amount, contract.token)} of the bond was paid to ${toChecksumAddress(to)}`;
  output.event("done", { to, amount, txHash }, line);
}

/** @throws {AccessError} NOT_OWNER; {InputError} KEY_FILE_MISSING, CHAIN_MISMATCH */
async function openOwner(options: BondOptions): Promise<{ readonly contract: Contract; readonly owner: GasPayer }> {
  const [
    { readOwner },
    { openContract },
    { openRpc },
    { gasPayerOf },
    { privateKeyToAccount },
    { readKeyFile },
    devnet,
  ] = await Promise.all([
    import("../../client/chain/bond.ts"),
    import("../../client/chain/contract.ts"),
    import("../../client/chain/rpc.ts"),
    import("../../client/chain/sender.ts"),
    import("viem/accounts"),
    import("../keys.ts"),
    import("../devnet/devnet-keys.ts"),
  ]);
  const rpc = await openRpc(options.rpc);
  const { keyFile } = options;
  if (keyFile === undefined && !devnet.isDevnet(rpc.chainId))
    throw new InputError("KEY_FILE_MISSING", `chain ${rpc.chainId} is no devnet: give --key-file with the owner's key`);
  const contract = await openContract(rpc, options.contract);
  const account = keyFile === undefined ? devnet.devnetAccount(0) : privateKeyToAccount(await readKeyFile(keyFile));
  const gasPayer = gasPayerOf(account);
  const owner = await readOwner(contract);
  if (gasPayer.address === owner) return { contract, owner: gasPayer };
  throw new AccessError(
    "NOT_OWNER",
    `the contract belongs to ${owner}, not to ${gasPayer.address}: give --key-file with the owner's key`,
  );
}
