import { ProtocolError } from "../base/errors.ts";
import type { Bencoded } from "./bencode.ts";

/** @throws {ProtocolError} METAINFO_INVALID */
export function fail(what: string): never {
  throw new ProtocolError("METAINFO_INVALID", `not a usable .torrent file: ${what}`);
}

/** @throws {ProtocolError} METAINFO_INVALID */
export function integer(value: Bencoded | undefined, what: string): number {
  if (typeof value !== "bigint" || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    return fail(`its ${what} is malformed`);
  return Number(value);
}
