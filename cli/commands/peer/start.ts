import type { Command } from "commander";
import { portArgument } from "../../arguments.ts";
import { type ListenOptions, withListening } from "../../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
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

/**
 * Runs until Ctrl-C or `floodgate peer stop`. The wallet is opened at once, so that no session's
 * end stops it later.
 * @throws as `servePeer`
 */
async function start(context: CommandContext, options: StartOptions): Promise<void> {
  const { output, signal } = context;
  const [{ unlockOnce }, { openNetwork }] = await Promise.all([
    import("../../../client/account/unlock-once.ts"),
    import("../../../client/account/network.ts"),
  ]);
  const home = unlockOnce(await openHome(context));
  const opened = await openNetwork(home, signal);
  await home.unlock();
  const [{ servePeer }, { openPeerStore }, { tolerateGarbage }] = await Promise.all([
    import("../../../client/local-api/serve-peer.ts"),
    import("../../../client/store/peer-store.ts"),
    import("../../../client/heap-growth.ts"),
  ]);
  const { host, torrentPort, voucherPort, uploadLimit, apiPort } = options;
  await servePeer(
    {
      home,
      directory: context.home,
      openStore: () => openPeerStore(context.home),
      need: "serve",
      listen: { host, torrentPort, libp2pPort: voucherPort },
      uploadLimit: uploadLimit === undefined ? null : uploadLimit * 1024,
      apiPort,
      maxSpend: null,
      proxy: null,
      log: (message) => output.event("warning", { message }, message),
      signal,
      onReady({ endpoint, run, contents }) {
        const { torrentPort: torrent, libp2pPort: voucher } = run.peer;
        const count = contents.list().length;
        // Many contents make the heap so large that it need not grow further.
        if (count < FEW_CONTENTS) tolerateGarbage();
        const ready = { api: endpoint.url, torrentPort: torrent, voucherPort: voucher, contents: count };
        const text = `the peer runs with ${count} content(s): \`floodgate peer add\`, \`ls\`, \`top\` (stop with Ctrl-C)`;
        output.event("ready", ready, text);
      },
    },
    opened,
  );
  output.event("done", {}, "the peer has stopped");
}

/** @throws {NetworkError} PEER_ABSENT */
async function stop({ home, output, signal }: CommandContext): Promise<void> {
  const { openLocalPeer } = await import("../../../client/local-api/local-client.ts");
  const client = await openLocalPeer(home, signal);
  await client.stop();
  output.event("done", {}, "the peer stops: it pays what it owes, and brings its vouchers to the authority");
}
