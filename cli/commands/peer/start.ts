import type { Command } from "commander";
import { portArgument } from "../../arguments.ts";
import { runLocalPeer } from "../../content/local-peer.ts";
import { type ListenOptions, withListening } from "../../listening.ts";
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
}

const FEW_CONTENTS = 50;

export function addStartCommands(peer: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(peer, "start", "run this home's peer until Ctrl-C: it goes on with all that it has", ["peer start"]),
    ),
  )
    .option("--api-port <port>", "TCP port of its API on the loopback, 0 for any free one", portArgument, 0)
    .action((options: StartOptions) => start(contextOf(runtime, options), options));
  addCommand(peer, "stop", "end the running peer in order", ["peer stop"]).action((options: CommonOptions) =>
    stop(contextOf(runtime, options)),
  );
}

/** @throws as `runLocalPeer` */
async function start(context: CommandContext, options: StartOptions): Promise<void> {
  const { output } = context;
  const { tolerateGarbage } = await import("../../../client/heap-growth.ts");
  await runLocalPeer(context, options, () => ({
    apiPort: options.apiPort,
    maxSpend: null,
    proxy: null,
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
