import { open } from "node:fs/promises";
import { InputError } from "../protocol/base/errors.ts";
import { printable } from "../protocol/base/text.ts";

/**
 * Reads a file of at most `maxBytes`, as UTF-8.
 * @throws {InputError} FILE_UNREADABLE
 */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    return await file.readFile("utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw new InputError("FILE_UNREADABLE", `cannot read ${printable(path)}: ${printable(why)}`, { cause });
  }
}

/**
 * Reads standard input to its end: at most `maxBytes`, as UTF-8.
 * @throws {InputError} FILE_UNREADABLE
 */
export async function readStandardInput(maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes)
      throw new InputError("FILE_UNREADABLE", `standard input has more than ${maxBytes} bytes: is it the right file?`);
  }
  return Buffer.concat(chunks).toString("utf8");
}
