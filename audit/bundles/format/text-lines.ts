import { joinBytes } from "../../facts/join-bytes.ts";

/** Limits of a file of lines, bytes. */
export interface LineLimits {
  readonly file: number;
  readonly line: number;
}

/** What is wrong with a file of lines: one sentence about the file. */
export class FileFault extends Error {
  override name = "FileFault";
}

const NEWLINE = 0x0a;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Splits bytes into lines, each of which ends in \n, and never holds more than a line and a chunk.
 * @throws {FileFault} too large, a line too long, a last line without its end, or no UTF-8
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>, limits: LineLimits): AsyncGenerator<string> {
  let [rest, size] = [new Uint8Array(0), 0];
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limits.file) throw new FileFault(`is larger than ${limits.file} bytes`);
    const bytes = rest.length === 0 ? chunk : joinBytes([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      yield decode(checkLength(bytes.subarray(start, end), limits));
      start = end + 1;
    }
    rest = checkLength(bytes.slice(start), limits);
  }
  if (rest.length > 0) throw new FileFault("is cut off in the middle of a line");
}

function checkLength<T extends Uint8Array>(line: T, limits: LineLimits): T {
  if (line.length > limits.line) throw new FileFault(`has a line that is longer than ${limits.line} bytes`);
  return line;
}

function decode(line: Uint8Array): string {
  try {
    return UTF8.decode(line);
  } catch {
    throw new FileFault("is no UTF-8 text");
  }
}
