import { randomUUID } from "node:crypto";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError } from "../../protocol/base/errors.ts";
import { makeDirectories } from "../make-directories.ts";

/**
 * Files that hold keys. They have mode 0600, are written whole or not at all, and are not read when
 * others could have read them.
 */

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const MAX_PRIVATE_BYTES = 64 * 1024;

/**
 * Creates a directory for private files (0700), or checks an existing one.
 * @throws {InputError} HOME_INVALID
 */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  try {
    await makeDirectories(path, 0o700);
  } catch (error) {
    throw new InputError(
      "HOME_INVALID",
      `cannot create the directory ${path} (${codeOf(error)}): choose another with --home`,
      {
        cause: error,
      },
    );
  }
  const { mode } = await stat(path);
  if ((mode & OTHERS_WRITE) !== 0) {
    throw new InputError(
      "HOME_INVALID",
      `others may write to ${path}: run \`chmod 700 ${path}\`, or choose another with --home`,
    );
  }
}

/**
 * Text of a private file, or null when there is none.
 * @throws {InputError} FILE_PERMISSIONS, FILE_UNREADABLE
 */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    await using file = await open(path, "r");
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0) {
      throw new InputError(
        "FILE_PERMISSIONS",
        `others may read ${path}: run \`chmod 600 ${path}\` (and treat its key as known to them)`,
      );
    }
    if (size > MAX_PRIVATE_BYTES)
      throw new InputError("FILE_UNREADABLE", `${path} is too large for a key file: is it the right file?`);
    return await file.readFile("utf8");
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (codeOf(error) === "ENOENT") return null;
    throw new InputError(
      "FILE_UNREADABLE",
      `cannot read ${path} (${codeOf(error)}): check that it is a file of yours`,
      { cause: error },
    );
  }
}

/**
 * Replaces a private file. After a crash it holds the whole old or the whole new text.
 * @throws {InputError} FILE_UNWRITABLE
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await writeBeside(path, text, (temporary) => rename(temporary, path));
}

/**
 * Creates a private file. Keys are never overwritten.
 * @throws {InputError} FILE_EXISTS
 */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  await writeBeside(path, text, (temporary) => link(temporary, path));
}

/** @throws {InputError} FILE_EXISTS */
export async function refuseExisting(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw alreadyExists(path);
}

async function writeBeside(path: string, text: string, publish: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await using file = await open(temporary, "wx", 0o600);
    await file.writeFile(text);
    await file.sync();
    await publish(temporary);
    await using directory = await open(dirname(path), "r");
    await directory.sync();
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      throw alreadyExists(path);
    }
    throw new InputError(
      "FILE_UNWRITABLE",
      `cannot write ${path} (${codeOf(error)}): check the directory and the disk`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

function alreadyExists(path: string): InputError {
  return new InputError("FILE_EXISTS", `${path} already exists: choose another --home, or move the file away`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}
