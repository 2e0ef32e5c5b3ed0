import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { object } from "../../protocol/base/schemas.ts";
import { readPrivateFile, writePrivateFile } from "../wallet/private-file.ts";

/**
 * Where the API of the peer that runs in a home listens, and its token: a file for its owner alone,
 * new for each run.
 */

const EndpointSchema = object({
  url: Type.String({ pattern: "^http://127\\.0\\.0\\.1:[0-9]{1,5}/$" }),
  token: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
  pid: Type.Integer(),
});
export type Endpoint = Static<typeof EndpointSchema>;

export function saveEndpoint(home: string, endpoint: Endpoint): Promise<void> {
  return writePrivateFile(pathIn(home), `${JSON.stringify(endpoint)}\n`);
}

export function removeEndpoint(home: string): Promise<void> {
  return rm(pathIn(home), { force: true });
}

/** Null: no peer has started here, or it has stopped. A killed one leaves its file. */
export async function readEndpoint(home: string): Promise<Endpoint | null> {
  const text = await readPrivateFile(pathIn(home));
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(EndpointSchema, value) ? value : null;
  } catch {
    return null;
  }
}

function pathIn(home: string): string {
  return join(home, "peer.json");
}
