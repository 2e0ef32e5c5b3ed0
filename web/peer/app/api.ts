import { printable } from "../../../protocol/base/text.ts";
import type { AddBody, ChangeBody, ContentJson, PeerChange, PeerJson } from "../../../protocol/http/peer.ts";
import type { BansJson, OfferJson, PlayJson } from "../../../protocol/http/peer-detail.ts";

/** The peer's refusal, with its own code. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/** To look at every piece of a large content takes long. */
const TIMEOUT_MS = 60_000;
const PLACE = "floodgate-page";

/** Goes with each request, beside the cookie that no script sees. */
export function keyHeader(): Record<string, string> {
  return { [PLACE]: localStorage.getItem(PLACE) ?? "" };
}

/** Logs in by a code of `floodgate peer ui`. */
export async function logIn(code: string): Promise<void> {
  const { key } = (await call("POST", "/v1/page/logins", { code })) as { key: string };
  localStorage.setItem(PLACE, key);
}

export async function logOut(): Promise<void> {
  await call("DELETE", "/v1/page/logins");
  localStorage.removeItem(PLACE);
}

export const changePeer = (change: PeerChange): Promise<PeerJson> => ask("PATCH", "/v1/peer", change);
export const readBans = (): Promise<BansJson> => ask("GET", "/v1/bans");
export const findOffer = (source: string): Promise<OfferJson> => ask("POST", "/v1/offers", { source });
export const addContent = (body: AddBody): Promise<ContentJson> => ask("POST", "/v1/contents", body);
export const changeContent = (id: string, body: ChangeBody): Promise<ContentJson> =>
  ask("PATCH", `/v1/contents/${id}`, body);
export const verifyContent = (id: string): Promise<ContentJson> => ask("POST", `/v1/contents/${id}/verify`);
export const removeContent = (id: string, withData: boolean): Promise<null> =>
  ask("DELETE", `/v1/contents/${id}${withData ? "?data=true" : ""}`);
export const playFile = (id: string, index: number): Promise<PlayJson> =>
  ask("POST", `/v1/contents/${id}/files/${index}/play`);

/** The same for a .torrent file. */
export async function findOfferOf(file: File): Promise<OfferJson> {
  return (await call("POST", "/v1/offers", file, "application/x-bittorrent")) as OfferJson;
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  return (await call(method, path, body)) as T;
}

async function call(method: string, path: string, body?: object | Blob, type = "application/json"): Promise<unknown> {
  const answer = await fetch(path, {
    method,
    headers: { ...keyHeader(), ...(body === undefined ? {} : { "content-type": type }) },
    body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
    credentials: "same-origin",
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    throw isLate
      ? new ApiError("PEER_SLOW", "That takes long. It goes on; this page shows when it is done.")
      : new ApiError("PEER_ABSENT", "The peer does not answer. Look whether it still runs.");
  });
  if (answer.status === 204) return null;
  const reply: unknown = await answer.json().catch(() => null);
  if (answer.ok && reply !== null) return reply;
  throw errorOf(answer.status, reply);
}

/** What a refusal says, in its own words. */
export function errorOf(status: number, reply: unknown): ApiError {
  const { code, detail } = (reply ?? {}) as { code?: unknown; detail?: unknown };
  const text = typeof detail === "string" ? printable(detail, 400) : `the peer answers with HTTP ${status}`;
  return new ApiError(typeof code === "string" ? code : "REPLY_INVALID", text);
}
