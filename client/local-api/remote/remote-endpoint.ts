import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { object } from "../../../protocol/base/schemas.ts";
import { readPrivateFile, writePrivateFile } from "../../wallet/private-file.ts";

/** A peer of another machine, which a home is connected with. A file for its owner alone. */

const RemoteSchema = object({
  url: Type.String({ pattern: "^https://" }),
  /** SHA-256 of its certificate, hex; null: the system's authorities know it. */
  fingerprint: Type.Union([Type.Null(), Type.String({ pattern: "^[0-9a-f]{64}$" })]),
  token: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
});
export type RemoteEndpoint = Static<typeof RemoteSchema>;

export function isRemoteEndpoint(value: unknown): value is RemoteEndpoint {
  return Value.Check(RemoteSchema, value) && URL.canParse(value.url);
}

export function saveRemote(home: string, remote: RemoteEndpoint): Promise<void> {
  return writePrivateFile(pathIn(home), `${JSON.stringify(remote)}\n`);
}

export function removeRemote(home: string): Promise<void> {
  return rm(pathIn(home), { force: true });
}

/** Null: it is connected with none. */
export async function readRemote(home: string): Promise<RemoteEndpoint | null> {
  const text = await readPrivateFile(pathIn(home));
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRemoteEndpoint(value) ? value : null;
  } catch {
    return null;
  }
}

function pathIn(home: string): string {
  return join(home, "remote.json");
}
