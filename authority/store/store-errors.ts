import { FloodgateError } from "../../protocol/base/errors.ts";

/** SQLite's codes of a disk or file that fails. Others, such as a broken constraint, are bugs. */
const DISK_CODES = /^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|BUSY|LOCKED|PROTOCOL|NOMEM|NOLFS)(_|$)/;

/** STORE_FULL or STORE_BROKEN for what the disk does to a write; anything else as it is. */
export function toStoreError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT")
    return new FloodgateError("STORE_FULL", "the authority's disk is full: what needs no writing goes on", {
      cause: error,
    });
  if (DISK_CODES.test(code) || code === "EIO" || code === "EROFS") return brokenStore(error);
  return error;
}

export function brokenStore(cause: unknown): FloodgateError {
  return new FloodgateError("STORE_BROKEN", "the authority's store cannot be written: check the disk of its home", {
    cause,
  });
}

export function isStoreError(error: unknown): error is FloodgateError {
  return error instanceof FloodgateError && (error.code === "STORE_FULL" || error.code === "STORE_BROKEN");
}
