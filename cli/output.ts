import { writeFile } from "node:fs/promises";
import { createLogUpdate } from "log-update";
import { InputError } from "../protocol/base/errors.ts";
import { printable } from "../protocol/base/text.ts";

/** Standard output or standard error, or what stands for them. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Of a terminal that does not tell its width. */
const DEFAULT_COLUMNS = 80;

/** Fields of one JSON line: amounts are decimal strings of base units, as everywhere in JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Between two plain progress lines, where there is no terminal to update in place. */
const PLAIN_INTERVAL_MS = 5_000;

/**
 * Where a command tells what it does. With `--json` that is one JSON object per line on standard
 * output. Else it is text for people, whose progress line is updated in place on a terminal. Errors
 * go to standard error.
 */
export interface Output {
  /** Something happened. `text` is null when only programs care. */
  event(name: string, fields: Fields, text: string | null): void;
  /** `view`: the same in short lines for a terminal of so many columns. */
  progress(fields: Fields, text: string, view?: (columns: number) => string): void;
  error(code: string, message: string): void;
}

export function createOutput(json: boolean, stdout: OutputStream, stderr: OutputStream): Output {
  if (json) return jsonOutput(stdout, stderr);
  return stdout.isTTY ? terminalOutput(stdout, stderr) : plainOutput(stdout, stderr);
}

/**
 * Writes a file that anyone may read, over the one that was there.
 * @throws {InputError} FILE_UNWRITABLE
 */
export async function writePublicFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw new InputError("FILE_UNWRITABLE", `cannot write ${printable(path)}: ${printable(why)}`, { cause });
  }
}

function jsonOutput(stdout: OutputStream, stderr: OutputStream): Output {
  return {
    event: (event, fields) => writeJson(stdout, { event, ...fields }),
    progress: (fields) => writeJson(stdout, { event: "progress", ...fields }),
    error(code, message) {
      writeJson(stdout, { error: { code, message } });
      writeError(stderr, code, message);
    },
  };
}

function terminalOutput(stdout: OutputStream, stderr: OutputStream): Output {
  const live = createLogUpdate(stdout);
  return {
    event(_name, _fields, text) {
      // An event that shows nothing leaves the line that is updated where it is.
      if (text === null) return;
      live.done();
      stdout.write(`${text}\n`);
    },
    progress(_fields, text, view) {
      const columns = stdout.columns ?? DEFAULT_COLUMNS;
      live(view ? view(columns) : cut(text, columns));
    },
    error(code, message) {
      live.done();
      writeError(stderr, code, message);
    },
  };
}

/** One line that no terminal of so many columns wraps. */
export function cut(line: string, columns: number): string {
  const characters = [...line];
  return characters.length < columns ? line : `${characters.slice(0, Math.max(0, columns - 2)).join("")}…`;
}

function plainOutput(stdout: OutputStream, stderr: OutputStream): Output {
  let quietUntil = 0;
  return {
    event(_name, _fields, text) {
      if (text !== null) stdout.write(`${text}\n`);
    },
    progress(_fields, text) {
      if (performance.now() < quietUntil) return;
      quietUntil = performance.now() + PLAIN_INTERVAL_MS;
      stdout.write(`${text}\n`);
    },
    error: (code, message) => writeError(stderr, code, message),
  };
}

function writeJson(stdout: OutputStream, line: Fields): void {
  stdout.write(`${JSON.stringify(line, (_, value) => (typeof value === "bigint" ? value.toString() : value))}\n`);
}

function writeError(stderr: OutputStream, code: string, message: string): void {
  stderr.write(`error: ${message} (${code})\n`);
}
