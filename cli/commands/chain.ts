import type { Command } from "commander";
import { type Address, toChecksumAddress } from "../../protocol/base/ids.ts";
import { addressArgument, hostArgument, portArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface ChainOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly chainId: number;
}

interface FaucetOptions extends CommonOptions {
  readonly rpc: string;
  readonly to: Address;
}

/** `chain` and `faucet`: a devnet. */
export function addChainCommands(program: Command, runtime: Runtime): void {
  addCommand(program, "chain", "start a devnet: a Hardhat node with a block every second", [
    "chain",
    "chain --port 0 --json",
  ])
    .option("--port <port>", "TCP port, 0 for any free one", portArgument, 8545)
    .option(
      "--host <address>",
      "address to listen on; anyone who reaches it can spend the devnet's money",
      hostArgument,
      "127.0.0.1",
    )
    .option("--chain-id <number>", "chain id", wholeNumber(1, 2 ** 32), 31337)
    .action((options: ChainOptions) => runChain(contextOf(runtime, options), options));

  addCommand(program, "faucet", "give an address one ether for gas (devnet only)", [
    "faucet --rpc http://127.0.0.1:8545 --to 0x...",
  ])
    .requiredOption("--rpc <url>", "address of the devnet's node", urlArgument)
    .requiredOption("--to <address>", "the address that gets it", addressArgument)
    .action((options: FaucetOptions) => faucet(contextOf(runtime, options), options));
}

/**
 * Until a signal.
 * @throws {ChainError} CHAIN_FAILED, CHAIN_STOPPED; {InputError} PORT_IN_USE, HOST_INVALID
 */
async function runChain({ output, signal }: CommandContext, { port, host, chainId }: ChainOptions): Promise<void> {
  const { startDevnet } = await import("../devnet/devnet-node.ts");
  await using node = await startDevnet({ port, host, chainId, signal });
  const { rpcUrl, pid } = node;
  const text = `devnet ${chainId} listens at ${rpcUrl} (stop it with Ctrl-C; it forgets everything)`;
  output.event("ready", { rpcUrl, chainId, pid }, text);
  await node.stopped(signal);
}

async function faucet({ output, signal }: CommandContext, { rpc, to }: FaucetOptions): Promise<void> {
  const { giveGas } = await import("../devnet/faucet.ts");
  const { wei, txHash } = await giveGas(rpc, to, signal);
  output.event("done", { to, wei, txHash }, `${toChecksumAddress(to)} has 1 ETH more for gas`);
}
