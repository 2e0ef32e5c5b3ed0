import { resolve } from "node:path";
import type { Command } from "commander";
import { amountArgument, portArgument } from "../arguments.ts";
import { type ListenOptions, withListening } from "../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface ProxyOptions extends CommonOptions, ListenOptions {
  readonly out: string;
  readonly port: number;
  readonly maxSpend?: string;
}

const ID = "0123456789abcdef0123456789abcdef01234567";

export function addProxyCommand(program: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(program, "proxy", "serve paid contents as plain HTTP to the programs of this machine, until Ctrl-C", [
        "proxy --out ~/Downloads --max-spend 1.00",
        `proxy --out ~/Downloads --port 8080    # then: curl -O http://127.0.0.1:8080/TOKEN/${ID}/film.mp4`,
      ]),
    ),
  )
    .requiredOption("--out <directory>", "where what is read is kept")
    .option("--port <port>", "TCP port of the proxy on the loopback, 0 for any free one", portArgument, 0)
    .option("--max-spend <amount>", "most that this run's token may spend", amountArgument)
    .action((options: ProxyOptions) => proxy(contextOf(runtime, options), options));
}

/**
 * A peer of this home whose contents are read over HTTP, and bought as far as they are read.
 * @throws as `servePeer`; {InputError} PORT_UNUSABLE
 */
async function proxy(context: CommandContext, options: ProxyOptions): Promise<void> {
  const { output, signal } = context;
  const [{ unlockOnce }, { openNetwork }, { parseAmount }] = await Promise.all([
    import("../../client/account/unlock-once.ts"),
    import("../../client/account/network.ts"),
    import("../../protocol/base/units.ts"),
  ]);
  const home = unlockOnce(await openHome(context));
  const opened = await openNetwork(home, signal);
  await home.unlock();
  const [{ servePeer }, { openPeerStore }, { tolerateGarbage }] = await Promise.all([
    import("../../client/local-api/serve-peer.ts"),
    import("../../client/store/peer-store.ts"),
    import("../../client/heap-growth.ts"),
  ]);
  tolerateGarbage();
  const { host, torrentPort, voucherPort, uploadLimit, out, port, maxSpend } = options;
  const { decimals } = opened.network.info.token;
  await servePeer(
    {
      home,
      directory: context.home,
      openStore: () => openPeerStore(context.home),
      need: "serve",
      listen: { host, torrentPort, libp2pPort: voucherPort },
      uploadLimit: uploadLimit === undefined ? null : uploadLimit * 1024,
      apiPort: 0,
      maxSpend: maxSpend === undefined ? null : parseAmount(maxSpend, decimals),
      proxy: { port, directory: resolve(out) },
      log: (message) => output.event("warning", { message }, message),
      signal,
      onReady({ endpoint, proxyUrl }) {
        output.event(
          "ready",
          { url: proxyUrl, api: endpoint.url },
          `contents are at ${proxyUrl}ID/FILE (stop with Ctrl-C)`,
        );
      },
    },
    opened,
  );
  output.event("done", {}, "the proxy has stopped");
}
