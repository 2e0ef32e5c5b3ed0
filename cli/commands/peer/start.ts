import { type Command, InvalidArgumentError } from "commander";
import type { ServePeerOptions } from "../../../client/local-api/serve-peer.ts";
import { InputError } from "../../../protocol/base/errors.ts";
import { hostArgument, portArgument } from "../../arguments.ts";
import { runLocalPeer } from "../../content/local-peer.ts";
import {
  addPeerCommand,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
} from "../../content/open-peer.ts";
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
  readonly listen?: { readonly host: string; readonly port: number };
  readonly listenName?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

const FEW_CONTENTS = 50;
const MAX_NAMES = 16;

export function addStartCommands(peer: Command, runtime: Runtime): void {
  withListening(
    withPassphrase(
      addCommand(peer, "start", "run this home's peer until Ctrl-C: it goes on with all that it has", [
        "peer start",
        "peer start --host 0.0.0.0 --torrent-port 6881 --voucher-port 6882 --map-ports",
        "peer start --listen 0.0.0.0:7443 --listen-name nas.example",
      ]),
    ),
  )
    .option("--api-port <port>", "TCP port of its API on the loopback, 0 for any free one", portArgument, 0)
    .option("--map-ports", "ask the router, by UPnP or NAT-PMP, to let others reach both ports")
    .option("--listen <address:port>", "let other machines control it there, over TLS alone", listenArgument)
    .option("--listen-name <name>", "name by which they reach it, besides its addresses", nameArgument)
    .option("--tls-cert <file>", "a certificate in PEM, instead of one that the peer makes for itself")
    .option("--tls-key <file>", "its key in PEM, which nobody else may read")
    .action((options: StartOptions) => start(contextOf(runtime, options), options));
  addPeerCommand(peer, "stop", "end the running peer in order", ["peer stop"]).action((options: PeerOptions) =>
    stop(peerContextOf(runtime, options)),
  );
}

/** @throws as `runLocalPeer`; {InputError} OPTIONS_CONFLICT, OPTIONS_INCOMPLETE */
async function start(context: CommandContext, options: StartOptions): Promise<void> {
  if (options.mapPorts && isThisMachineAlone(options.host))
    throw new InputError(
      "OPTIONS_CONFLICT",
      `--map-ports lets others in, and ${options.host} is this machine alone: give --host too, such as 0.0.0.0`,
    );
  const remote = remoteListen(options);
  const { readRemote } = await import("../../../client/local-api/remote/remote-endpoint.ts");
  const connected = await readRemote(context.home);
  if (connected)
    throw new InputError(
      "OPTIONS_CONFLICT",
      `this home's commands ask ${connected.url}: \`floodgate peer disconnect\` first, or give another --home`,
    );
  const { output } = context;
  const { tolerateGarbage } = await import("../../../client/heap-growth.ts");
  await runLocalPeer(context, options, () => ({
    apiPort: options.apiPort,
    maxSpend: null,
    proxy: null,
    mapPorts: options.mapPorts === true,
    remote,
    onReady({ endpoint, remote: control, run, contents }) {
      const { torrentPort: torrent, libp2pPort: voucher } = run.peer;
      const count = contents.list().length;
      // Many contents make the heap so large that it need not grow further.
      if (count < FEW_CONTENTS) tolerateGarbage();
      const facts = control && { url: control.url, fingerprint: control.fingerprint, tokenFile: control.tokenFile };
      const ready = { api: endpoint.url, torrentPort: torrent, voucherPort: voucher, contents: count, remote: facts };
      const text = `the peer runs with ${count} content(s): \`floodgate peer add\`, \`ls\`, \`top\` (stop with Ctrl-C)`;
      output.event("ready", ready, facts === null ? text : `${text}\n${describeRemote(facts)}`);
    },
  }));
  output.event("done", {}, "the peer has stopped");
}

/** @throws {InputError} OPTIONS_INCOMPLETE */
function remoteListen({ listen, listenName = [], tlsCert, tlsKey }: StartOptions): ServePeerOptions["remote"] {
  const isCertified = tlsCert !== undefined && tlsKey !== undefined;
  if (!isCertified && (tlsCert !== undefined || tlsKey !== undefined))
    throw new InputError("OPTIONS_INCOMPLETE", "give --tls-cert and --tls-key together");
  if (listen !== undefined)
    return { ...listen, names: listenName, certificate: isCertified ? { cert: tlsCert, key: tlsKey } : null };
  if (isCertified || listenName.length > 0)
    throw new InputError("OPTIONS_INCOMPLETE", "these options are for --listen: give that too");
  return null;
}

function describeRemote(remote: { readonly url: string; readonly fingerprint: string; readonly tokenFile: string }) {
  return [
    `other machines control it at ${remote.url}`,
    `  with a private copy of ${remote.tokenFile} as FILE:`,
    `  floodgate peer connect --host ${remote.url} --fingerprint ${remote.fingerprint} --token-file FILE`,
  ].join("\n");
}

/** @throws {NetworkError} PEER_ABSENT */
async function stop(context: PeerContext): Promise<void> {
  const { client } = await openPeer(context);
  await client.stop();
  const text = "the peer stops: it pays what it owes, and brings its vouchers to the authority";
  context.output.event("done", {}, text);
}

function listenArgument(text: string): { readonly host: string; readonly port: number } {
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const host = v6 ?? v4;
  if (host === undefined || port === undefined)
    throw new InvalidArgumentError("Write an IP address of this machine and a port, like 0.0.0.0:7443 or [::]:7443.");
  return { host: hostArgument(host), port: portArgument(port) };
}

/** Collects names: the option may be given several times. */
function nameArgument(text: string, before: readonly string[] = []): readonly string[] {
  const name = text.toLowerCase();
  const isName = name.length <= 253 && /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(name);
  if (!isName) throw new InvalidArgumentError("Write a name of this machine, like nas.example.");
  if (before.length === MAX_NAMES) throw new InvalidArgumentError(`Give at most ${MAX_NAMES} names.`);
  return [...before, name];
}
