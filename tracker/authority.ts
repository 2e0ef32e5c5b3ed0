import { Compile } from "typebox/compile";
import { NetworkError } from "../protocol/base/errors.ts";
import { type TrackerAnnounce, type TrackerAnswers, TrackerAnswersSchema } from "../protocol/http/operator.ts";

const TIMEOUT_MS = 10_000;
/** A session has at most MAX_GRANTED_LANES lanes on a content, 700 bytes each. */
const MAX_REPLY_BYTES = 32 * 1024 * 1024;

/** Compiled: a reply has hundreds of lanes. */
const answersCheck = Compile(TrackerAnswersSchema);

/** The authority, as the tracker sees it. */
export type AskAuthority = (announces: readonly TrackerAnnounce[]) => Promise<TrackerAnswers>;

/**
 * Asks by `POST /v1/tracker/announces`. The returned function throws NetworkError
 * AUTHORITY_UNREACHABLE, AUTHORITY_REFUSED, REPLY_INVALID.
 */
export function createAuthorityAsker(options: { authorityUrl: URL; operatorSecret: string }): AskAuthority {
  const url = new URL("v1/tracker/announces", options.authorityUrl);
  const headers = { authorization: `Bearer ${options.operatorSecret}`, "content-type": "application/json" };
  return async (announces) => {
    const body = JSON.stringify({ announces });
    const init = { method: "POST", headers, body, redirect: "error" as const, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const response = await fetch(url, init).catch((cause: unknown) => {
      throw new NetworkError("AUTHORITY_UNREACHABLE", `cannot reach the authority at ${url.origin}`, { cause });
    });
    if (!response.ok) {
      await response.body?.cancel();
      const hint = response.status === 401 || response.status === 403 ? ": is the operator secret its own?" : "";
      throw new NetworkError("AUTHORITY_REFUSED", `${url.origin} answered with HTTP ${response.status}${hint}`);
    }
    const reply = await readJson(response);
    if (!answersCheck.Check(reply) || reply.answers.length !== announces.length)
      throw new NetworkError("REPLY_INVALID", `${url.origin} is no authority of this version`);
    return reply;
  };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text.length > MAX_REPLY_BYTES ? undefined : JSON.parse(text);
  } catch {
    // Broken off, or no JSON. No schema allows undefined.
    return undefined;
  }
}
