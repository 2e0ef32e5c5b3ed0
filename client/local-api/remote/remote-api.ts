import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { InputError } from "../../../protocol/base/errors.ts";
import type { LocalPeer } from "../routes.ts";
import { type ApiOptions, createApi } from "../server.ts";
import type { RemoteIdentity } from "./remote-identity.ts";

export interface RemoteListen {
  /** IP address; the unspecified one is all of this machine. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Further names by which others reach it. */
  readonly names: readonly string[];
}

/** The API and the page of a peer for other machines: the same, over TLS alone. */
export interface RemoteApi {
  readonly url: string;
  close(): Promise<void>;
}

const ALL = ["0.0.0.0", "::"];

/** @throws {InputError} PORT_UNUSABLE */
export async function startRemoteApi(
  local: LocalPeer,
  { host, port, names }: RemoteListen,
  { keyPem, certPem, token }: Pick<RemoteIdentity, "keyPem" | "certPem" | "token">,
  more: Pick<ApiOptions, "onFault" | "pages">,
): Promise<RemoteApi> {
  let actual = port;
  const hostOf = (name: string): string => new URL(`https://${name.includes(":") ? `[${name}]` : name}:${actual}`).host;
  const server = await createApi(local, {
    ...more,
    scheme: "https",
    tls: { key: keyPem, cert: certPem },
    // Addresses of a machine change while it runs.
    hosts: () => [...names, ...(ALL.includes(host) ? ownAddresses() : [host])].map(hostOf),
    token,
  });
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new InputError("PORT_UNUSABLE", `cannot listen on ${host}:${port}: choose another --listen`, { cause });
  }
  actual = (server.server.address() as AddressInfo).port;
  const [name = "localhost"] = names.length > 0 ? names : ALL.includes(host) ? ownAddresses(false) : [host];
  return { url: `https://${hostOf(name)}/`, close: () => server.close() };
}

function ownAddresses(withLoopback = true): string[] {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, scopeid }) => (withLoopback || !internal) && !scopeid)
    .map(({ address }) => address);
}
