import type { Command } from "commander";
import { InputError } from "../../../protocol/base/errors.ts";
import {
  addPeerCommand,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
  remoteOf,
} from "../../content/open-peer.ts";
import { findRunningPeer } from "../../content/running-peer.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";

const FINGERPRINT = "0123456789abcdef".repeat(4);

/** Commands by which a home remembers the peer of another machine. */
export function addConnectCommands(peer: Command, runtime: Runtime): void {
  addPeerCommand(peer, "connect", "let this home's commands ask the peer of another machine", [
    `peer connect --host https://nas.example:7443 --fingerprint ${FINGERPRINT} --token-file nas-token`,
  ]).action((options: PeerOptions) => connect(peerContextOf(runtime, options)));
  addCommand(peer, "disconnect", "forget the peer of another machine", ["peer disconnect"]).action(
    (options: CommonOptions) => disconnect(contextOf(runtime, options)),
  );
}

/** @throws as `openPeer`; {InputError} OPTIONS_CONFLICT */
async function connect(context: PeerContext): Promise<void> {
  const remote = await remoteOf(context.remote);
  if (remote === null) throw new InputError("OPTIONS_INCOMPLETE", "give --host, --fingerprint and --token-file");
  if (await findRunningPeer(context))
    throw new InputError("OPTIONS_CONFLICT", "a peer runs in this home: stop it first, or give another --home");
  const { account, contents } = await (await openPeer(context)).client.peer();
  const [{ saveRemote }, { ensurePrivateDirectory }] = await Promise.all([
    import("../../../client/local-api/remote/remote-endpoint.ts"),
    import("../../../client/wallet/private-file.ts"),
  ]);
  await ensurePrivateDirectory(context.home);
  await saveRemote(context.home, remote);
  const text = `this home's commands ask the peer at ${remote.url}: account ${account}, ${contents} content(s)`;
  context.output.event("done", { url: remote.url, account, contents }, text);
}

async function disconnect({ home, output }: CommandContext): Promise<void> {
  const { removeRemote } = await import("../../../client/local-api/remote/remote-endpoint.ts");
  await removeRemote(home);
  output.event("done", {}, "this home's commands ask its own peer again");
}
