import { resolve } from "node:path";
import type { Command } from "commander";
import { amountArgument, hubArgument, portArgument } from "../arguments.ts";
import { runLocalPeer } from "../content/local-peer.ts";
import { type ListenOptions, withListening } from "../listening.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface ProxyOptions extends CommonOptions, ListenOptions {
  readonly out: string;
  readonly port: number;
  readonly maxSpend?: string;
  readonly hub?: ReadonlyMap<string, string>;
}

const ID = "0123456789abcdef0123456789abcdef01234567";

export function addProxyCommand(program: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(program, "proxy", "serve paid contents as plain HTTP to the programs of this machine, until Ctrl-C", [
        "proxy --out ~/Downloads --max-spend 1.00",
        `proxy --out ~/Downloads --port 8080    # then: curl -O http://127.0.0.1:8080/TOKEN/${ID}/film.mp4`,
        `proxy --out ~/Downloads --hub acme/tiny=${ID}    # then: HF_ENDPOINT=http://127.0.0.1:PORT/TOKEN hf download acme/tiny`,
      ]),
    ),
  )
    .requiredOption("--out <directory>", "where what is read is kept")
    .option("--port <port>", "TCP port of the proxy on the loopback, 0 for any free one", portArgument, 0)
    .option("--max-spend <amount>", "most that this run's token may spend", amountArgument)
    .option(
      "--hub <ORG/NAME=ID>",
      "a content that clients of model hubs find by this name; again for more",
      hubArgument,
    )
    .action((options: ProxyOptions) => proxy(contextOf(runtime, options), options));
}

/**
 * A peer of this home whose contents are read over HTTP, and bought as far as they are read.
 * @throws as `runLocalPeer`; {InputError} PORT_UNUSABLE
 */
async function proxy(context: CommandContext, options: ProxyOptions): Promise<void> {
  const { output } = context;
  const [{ parseAmount }, { tolerateGarbage }] = await Promise.all([
    import("../../protocol/base/units.ts"),
    import("../../client/heap-growth.ts"),
  ]);
  tolerateGarbage();
  const { out, port, maxSpend, hub = new Map() } = options;
  await runLocalPeer(context, options, ({ info }) => ({
    apiPort: 0,
    maxSpend: maxSpend === undefined ? null : parseAmount(maxSpend, info.token.decimals),
    proxy: { port, directory: resolve(out), hub },
    onReady({ endpoint, proxyUrl }) {
      const ready = { url: proxyUrl, api: endpoint.url };
      output.event("ready", ready, `contents are at ${proxyUrl}ID/FILE (stop with Ctrl-C)`);
    },
  }));
  output.event("done", {}, "the proxy has stopped");
}
