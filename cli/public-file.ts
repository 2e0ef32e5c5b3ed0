import { writeFile } from "node:fs/promises";
import { InputError } from "../protocol/base/errors.ts";
import { printable } from "../protocol/base/text.ts";

/** Writes a file that anyone may read, over the one that was there. @throws {InputError} FILE_UNWRITABLE */
export async function writePublicFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw new InputError("FILE_UNWRITABLE", `cannot write ${printable(path)}: ${printable(why)}`, { cause });
  }
}
