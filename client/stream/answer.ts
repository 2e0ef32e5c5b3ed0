import { type ByteRange, parseByteRange } from "../../protocol/http/byte-range.ts";
import { mediaTypeOf } from "./media-type.ts";

/** The file as HTTP sees it. */
export interface Representation {
  readonly name: string;
  readonly length: number;
  /** Strong (RFC 9110, section 8.8.3), since the bytes never change under it. With its quotes. */
  readonly etag: string;
}

export interface Answer {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string | number>>;
  /** What the body holds; null when it is a text that gives the reason. */
  readonly range: ByteRange | null;
}

/** Status and headers for a GET or HEAD with these request headers. */
export function planAnswer(
  { name, length, etag }: Representation,
  asked: { readonly range?: string | undefined; readonly ifRange?: string | undefined },
): Answer {
  // A client that holds the beginning of another version must get all of this one.
  const wanted = asked.ifRange === undefined || asked.ifRange === etag ? asked.range : undefined;
  const range = parseByteRange(wanted, length);
  if (range === "unsatisfiable") return { status: 416, headers: { "content-range": `bytes */${length}` }, range: null };
  const { start, end } = range === "whole" ? { start: 0, end: length - 1 } : range;
  const type = mediaTypeOf(name);
  const headers = {
    "accept-ranges": "bytes",
    "content-length": end + 1 - start,
    "content-type": type ?? "application/octet-stream",
    ...(type === null ? { "content-disposition": "attachment" } : {}),
    etag,
  };
  if (range === "whole") return { status: 200, headers, range: { start, end } };
  return { status: 206, headers: { ...headers, "content-range": `bytes ${start}-${end}/${length}` }, range };
}
