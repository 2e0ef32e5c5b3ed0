/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a `Range` header (RFC 9110, section 14.2) asks of a file of `sizeBytes`: one range, `whole`
 * when there is no header or one that may be ignored (malformed, another unit, several ranges), or
 * `unsatisfiable`. Not range-parser: it refuses a suffix that is longer than the file, and takes
 * any unit.
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): ByteRange | "whole" | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "");
  const [first, last] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const suffixBytes = Math.min(Number(last), sizeBytes);
    return suffixBytes === 0 ? "unsatisfiable" : { start: sizeBytes - suffixBytes, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return "whole";
  if (start >= sizeBytes) return "unsatisfiable";
  return { start, end: last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
