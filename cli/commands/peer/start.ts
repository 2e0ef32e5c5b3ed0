import type { Command } from "commander";
import { InputError } from "../../../protocol/base/errors.ts";
import { portArgument } from "../../arguments.ts";
import { runLocalPeer } from "../../content/local-peer.ts";
import { isThisMachineAlone, type ListenOptions, withListening } from "../../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  type Runtime,
  withPassphrase,
} from "../../runtime.ts";

interface StartOptions extends CommonOptions, ListenOptions {
  readonly apiPort: number;
  readonly mapPorts?: true;
}

const FEW_CONTENTS = 50;

export function addStartCommands(peer: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(peer, "start", "run this home's peer until Ctrl-C: it goes on with all that it has", [
        "peer start",
        "peer start --host 0.0.0.0 --torrent-port 6881 --voucher-port 6882 --map-ports",
      ]),
    ),
  )
    .option("--api-port <port>", "TCP port of its API on the loopback, 0 for any free one", portArgument, 0)
    .option("--map-ports", "ask the router, by UPnP or NAT-PMP, to let others reach both ports")
    .action((options: StartOptions) => start(contextOf(runtime, options), options));
  addCommand(peer, "stop", "end the running peer in order", ["peer stop"]).action((options: CommonOptions) =>
    stop(contextOf(runtime, options)),
  );
}

/** @throws as `runLocalPeer`; {InputError} OPTIONS_CONFLICT */
async function start(context: CommandContext, options: StartOptions): Promise<void> {
  if (options.mapPorts && isThisMachineAlone(options.host))
    throw new InputError(
      "OPTIONS_CONFLICT",
      `--map-ports lets others in, and ${options.host} is this machine alone: give --host too, such as 0.0.0.0`,
    );
  const { output } = context;
  const { tolerateGarbage } = await import("../../../client/heap-growth.ts");
  await runLocalPeer(context, options, () => ({
    apiPort: options.apiPort,
    maxSpend: null,
    proxy: null,
    mapPorts: options.mapPorts === true,
    onReady({ endpoint, run, contents }) {
      const { torrentPort: torrent, libp2pPort: voucher } = run.peer;
      const count = contents.list().length;
      // Many contents make the heap so large that it need not grow further.
      if (count < FEW_CONTENTS) tolerateGarbage();
      const ready = { api: endpoint.url, torrentPort: torrent, voucherPort: voucher, contents: count };
      const text = `the peer runs with ${count} content(s): \`floodgate peer add\`, \`ls\`, \`top\` (stop with Ctrl-C)`;
      output.event("ready", ready, text);
    },
  }));
  output.event("done", {}, "the peer has stopped");
}

/** @throws {NetworkError} PEER_ABSENT */
async function stop({ home, output, signal }: CommandContext): Promise<void> {
  const { openLocalPeer } = await import("../../../client/local-api/local-client.ts");
  const client = await openLocalPeer(home, signal);
  await client.stop();
  output.event("done", {}, "the peer stops: it pays what it owes, and brings its vouchers to the authority");
}
