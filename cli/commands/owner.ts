import type { Command } from "commander";
import type { Contract } from "../../client/chain/contract.ts";
import type { GasPayer } from "../../client/chain/sender.ts";
import type { TimelockCall } from "../../client/chain/timelock.ts";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { addressArgument, urlArgument } from "../arguments.ts";
import type { CommandContext, CommonOptions } from "../runtime.ts";

/** What the contract's owner does, with a key of its own or through its timelock. */

export interface OwnerOptions extends CommonOptions {
  readonly rpc: string;
  readonly contract: Address;
  readonly keyFile?: string;
}

export function onContract(command: Command): Command {
  return command
    .requiredOption("--rpc <url>", "address of a chain node", urlArgument)
    .requiredOption("--contract <address>", "address of the Floodgate contract", addressArgument);
}

export function asOwner(command: Command): Command {
  return onContract(command).option(
    "--key-file <file>",
    "the owner's key, or that of its timelock's person (default on a devnet: its first account)",
  );
}

/** Through the timelock: the first run announces, one after the delay does it. */
export async function announce(
  { output, signal }: CommandContext,
  { contract, owner, timelock }: Acting,
  calls: readonly TimelockCall[],
  what: string,
): Promise<void> {
  const { actThroughTimelock } = await import("../../client/chain/timelock.ts");
  const act = await actThroughTimelock(contract.rpc, owner, timelock as Address, calls, signal);
  const { state, ...fields } = act;
  const line =
    act.state === "done"
      ? `${what}: done by the timelock`
      : `${what} is announced: run the same command again from ${new Date(1_000 * act.readyAt).toISOString()} on`;
  output.event(state, { timelock, ...fields }, line);
}

export interface Acting {
  readonly contract: Contract;
  /** Signs: the owner, or the person of its timelock. */
  readonly owner: GasPayer;
  readonly timelock: Address | null;
}

/** @throws {AccessError} NOT_OWNER; {InputError} KEY_FILE_MISSING, CHAIN_MISMATCH */
export async function openOwner(options: OwnerOptions): Promise<Acting> {
  const [
    { readOwner },
    { openContract },
    { openRpc },
    { gasPayerOf },
    { privateKeyToAccount },
    { readKeyFile },
    devnet,
    { isTimelockOf },
  ] = await Promise.all([
    import("../../client/chain/bond.ts"),
    import("../../client/chain/contract.ts"),
    import("../../client/chain/rpc.ts"),
    import("../../client/chain/sender.ts"),
    import("viem/accounts"),
    import("../keys.ts"),
    import("../devnet/devnet-keys.ts"),
    import("../../client/chain/timelock.ts"),
  ]);
  const rpc = await openRpc(options.rpc);
  const { keyFile } = options;
  if (keyFile === undefined && !devnet.isDevnet(rpc.chainId))
    throw new InputError("KEY_FILE_MISSING", `chain ${rpc.chainId} is no devnet: give --key-file with the owner's key`);
  const contract = await openContract(rpc, options.contract);
  const account = keyFile === undefined ? devnet.devnetAccount(0) : privateKeyToAccount(await readKeyFile(keyFile));
  const gasPayer = gasPayerOf(account);
  const owner = await readOwner(contract);
  if (gasPayer.address === owner) return { contract, owner: gasPayer, timelock: null };
  if (await isTimelockOf(rpc, owner, gasPayer.address)) return { contract, owner: gasPayer, timelock: owner };
  throw new AccessError(
    "NOT_OWNER",
    `the contract belongs to ${owner}, not to ${gasPayer.address}: give --key-file with the owner's key`,
  );
}
