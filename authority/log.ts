import pino, { type DestinationStream, type Logger } from "pino";
import { FloodgateError } from "../protocol/base/errors.ts";

/** The URL of a node often holds its customer's key: in the path, the query or before the host. */
const URLS = /\b(https?:\/\/|wss?:\/\/)(?:[^\s/@"']*@)?([^\s/?#"']+)[^\s"')]*/g;
const MAX_CAUSES = 4;

/** Writes JSON lines, to standard error by default. No line has more of a URL than its host. */
export function createLog(level: string, to: DestinationStream = pino.destination(2)): Logger {
  return pino({ level, base: null, serializers: { err: describeError } }, to);
}

/** The text with hosts in place of URLs. */
export function hideUrls(text: string): string {
  return text.replaceAll(URLS, "$1$2");
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: hideUrls(String(error)) };
  const causes: string[] = [];
  for (let at = error.cause; at instanceof Error && causes.length < MAX_CAUSES; at = at.cause)
    causes.push(hideUrls(`${at.name}: ${at.message.split("\n")[0]}`));
  return {
    type: error.name,
    ...(error instanceof FloodgateError ? { code: error.code } : {}),
    message: hideUrls(error.message),
    stack: hideUrls(error.stack ?? ""),
    ...(causes.length > 0 ? { causes } : {}),
  };
}
