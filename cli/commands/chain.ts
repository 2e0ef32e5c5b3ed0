import type { Command } from "commander";
import type { Address } from "../../protocol/base/ids.ts";
import { addressArgument, hostArgument, portArgument, urlArgument, wholeNumber } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface Options extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly chainId: number;
}

interface FaucetOptions extends CommonOptions {
  readonly rpc: string;
  readonly to: Address;
}

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
    .action(async (options: Options) => {
      const { output, signal } = contextOf(runtime, options);
      const { startDevnet } = await import("../devnet/devnet-node.ts");
      await using node = await startDevnet({
        port: options.port,
        host: options.host,
        chainId: options.chainId,
        signal,
      });
      output.event(
        "ready",
        { rpcUrl: node.rpcUrl, chainId: options.chainId, pid: node.pid },
        `devnet ${options.chainId} listens at ${node.rpcUrl} (stop it with Ctrl-C; it forgets everything)`,
      );
      await node.stopped(signal);
    });

  addCommand(program, "faucet", "give an address one ether for gas (devnet only)", [
    "faucet --rpc http://127.0.0.1:8545 --to 0x...",
  ])
    .requiredOption("--rpc <url>", "address of the devnet's node", urlArgument)
    .requiredOption("--to <address>", "who gets it", addressArgument)
    .action(async (options: FaucetOptions) => {
      const context = contextOf(runtime, options);
      const { faucet } = await import("../devnet/faucet.ts");
      await faucet(context, options.rpc, options.to);
    });
}
