import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { LocalClient } from "../../client/local-api/local-client.ts";
import type { RemoteEndpoint } from "../../client/local-api/remote/remote-endpoint.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

/** Which running peer a command asks. */
export interface RemoteOptions {
  /** Origin, with a slash at its end. */
  readonly host?: string;
  readonly fingerprint?: string;
  readonly tokenFile?: string;
}

/** Options of each command that asks a running peer. */
export interface PeerOptions extends CommonOptions, RemoteOptions {}

export interface PeerContext extends CommandContext {
  readonly remote: RemoteOptions;
}

export interface OpenedPeer {
  readonly client: LocalClient;
  /** Paths are those of the machine where the peer runs. */
  readonly pathOf: (path: string) => string;
}

/** Adds a command that asks a running peer. */
export function addPeerCommand(...usage: Parameters<typeof addCommand>): Command {
  return withRemote(addCommand(...usage));
}

export function peerContextOf(runtime: Runtime, options: PeerOptions): PeerContext {
  return { ...contextOf(runtime, options), remote: options };
}

function withRemote(command: Command): Command {
  return command
    .option("--host <url>", "ask the peer of another machine, like https://nas.example:7443", hostUrlArgument)
    .option(
      "--fingerprint <sha256>",
      "of its certificate, as its start prints it (else an authority must have signed it)",
      fingerprintArgument,
    )
    .option("--token-file <file>", "copy of the remote-token in that peer's home");
}

/**
 * The peer of another machine that the options name, else the one that this home is connected with,
 * else the one that runs in it.
 * @throws {InputError} OPTIONS_INCOMPLETE, FILE_UNREADABLE, FILE_PERMISSIONS
 * @throws {NetworkError} PEER_ABSENT, CERTIFICATE_WRONG
 */
export async function openPeer(context: PeerContext): Promise<OpenedPeer> {
  const { readRemote } = await import("../../client/local-api/remote/remote-endpoint.ts");
  const { LocalClient, openLocalPeer } = await import("../../client/local-api/local-client.ts");
  const remote = (await remoteOf(context.remote)) ?? (await readRemote(context.home));
  if (remote === null) return { client: await openLocalPeer(context.home, context.signal), pathOf: resolve };
  return { client: new LocalClient(remote, context.signal), pathOf: (path) => path };
}

/** Null: none is named. @throws as `openPeer` */
export async function remoteOf({ host, fingerprint, tokenFile }: RemoteOptions): Promise<RemoteEndpoint | null> {
  if (host === undefined && fingerprint === undefined && tokenFile === undefined) return null;
  if (host === undefined || tokenFile === undefined)
    throw new InputError("OPTIONS_INCOMPLETE", "give --host and --token-file together, and --fingerprint with them");
  const { readPrivateFile } = await import("../../client/wallet/private-file.ts");
  const { isRemoteEndpoint } = await import("../../client/local-api/remote/remote-endpoint.ts");
  const token = (await readPrivateFile(tokenFile))?.trim();
  if (token === undefined) throw new InputError("FILE_UNREADABLE", `there is no ${tokenFile}: check --token-file`);
  const remote = { url: host, fingerprint: fingerprint ?? null, token };
  if (!isRemoteEndpoint(remote))
    throw new InputError("FILE_UNUSABLE", `${tokenFile} holds no token: copy the remote-token of the peer's home`);
  return remote;
}

/** HTTPS alone: the token must not go over a network in the clear. */
function hostUrlArgument(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.pathname === "/" && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain || url.protocol !== "https:")
    throw new InvalidArgumentError("Write https://, a name or an address, and a port, like https://nas.example:7443.");
  return `${url.origin}/`;
}

function fingerprintArgument(text: string): string {
  const digits = text.replaceAll(":", "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits))
    throw new InvalidArgumentError("Write the 64 hex digits that `floodgate peer start --listen` prints.");
  return digits;
}
