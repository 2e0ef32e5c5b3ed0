import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { FloodgateError, NetworkError, textOfError } from "../../protocol/base/errors.ts";
import {
  type AddBody,
  type ChangeBody,
  type ContentJson,
  ContentSchema,
  ContentsSchema,
  type EarningsJson,
  EarningsSchema,
  type PeerChange,
  type PeerJson,
  PeerSchema,
  type WaysJson,
  WaysSchema,
} from "../../protocol/http/peer.ts";
import { CodeSchema, type OfferJson, OfferSchema } from "../../protocol/http/peer-detail.ts";
import { ProblemSchema } from "../../protocol/http/problem.ts";
import { readBounded } from "../read-bounded.ts";
import { type Endpoint, readEndpoint } from "./endpoint.ts";
import { errorWith } from "./error-with.ts";
import { fetchByTls } from "./remote/tls-fetch.ts";

/** Of this machine, or with a fingerprint (null: of a known authority) of another one. */
export type PeerAddress = Pick<Endpoint, "url" | "token"> & { readonly fingerprint?: string | null };

/** 10,000 contents. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/**
 * The peer that runs in a home, asked over its API. Every method throws what the peer answered, or
 * {NetworkError} PEER_ABSENT when it has ended.
 */
export class LocalClient {
  readonly #endpoint: PeerAddress;
  readonly #signal: AbortSignal;

  constructor(endpoint: PeerAddress, signal: AbortSignal) {
    this.#endpoint = endpoint;
    this.#signal = signal;
  }

  peer(): Promise<PeerJson> {
    return this.#ask(PeerSchema, "GET", "v1/peer");
  }

  changePeer(change: PeerChange): Promise<PeerJson> {
    return this.#ask(PeerSchema, "PATCH", "v1/peer", change);
  }

  /** The address of its page, good once. */
  async pageAddress(): Promise<string> {
    const { code } = await this.#ask(CodeSchema, "POST", "v1/page/codes", {});
    // Browsers keep what follows the # to themselves: no server and no log sees it.
    return `${this.#endpoint.url}#code=${code}`;
  }

  async stop(): Promise<void> {
    await this.#send("POST", "v1/peer/stop");
  }

  earnings(by: string): Promise<EarningsJson> {
    return this.#ask(EarningsSchema, "GET", `v1/earnings?by=${by}`);
  }

  why(what: string): Promise<WaysJson> {
    return this.#ask(WaysSchema, "GET", `v1/why/${encodeURIComponent(what)}`);
  }

  async contents(): Promise<readonly ContentJson[]> {
    return (await this.#ask(ContentsSchema, "GET", "v1/contents")).contents;
  }

  content(id: string): Promise<ContentJson> {
    return this.#ask(ContentSchema, "GET", `v1/contents/${id}`);
  }

  /** What an id names, and what it costs; `files`: only those that match. */
  offer(id: string, files: readonly string[] | null = null): Promise<OfferJson> {
    return this.#ask(OfferSchema, "POST", "v1/offers", files === null ? { source: id } : { source: id, files });
  }

  add(body: AddBody): Promise<ContentJson> {
    return this.#ask(ContentSchema, "POST", "v1/contents", body);
  }

  change(id: string, body: ChangeBody): Promise<ContentJson> {
    return this.#ask(ContentSchema, "PATCH", `v1/contents/${id}`, body);
  }

  verify(id: string): Promise<ContentJson> {
    return this.#ask(ContentSchema, "POST", `v1/contents/${id}/verify`);
  }

  async remove(id: string, withData: boolean): Promise<void> {
    await this.#send("DELETE", `v1/contents/${id}${withData ? "?data=true" : ""}`);
  }

  async #ask<Schema extends TSchema>(
    schema: Schema,
    method: string,
    path: string,
    body?: object,
  ): Promise<Static<Schema>> {
    const value = parseJson(await this.#send(method, path, body));
    if (!Value.Check(schema, value))
      throw new NetworkError("REPLY_INVALID", "the running peer answers otherwise: is it of the same version?");
    return value as Static<Schema>;
  }

  async #send(method: string, path: string, body?: object): Promise<Uint8Array> {
    const { url, token, fingerprint } = this.#endpoint;
    const at = new URL(path, url);
    const asked = {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : null,
      signal: this.#signal,
    };
    let response: Response;
    let bytes: Uint8Array | null;
    try {
      response =
        fingerprint === undefined
          ? await fetch(at, { ...asked, redirect: "error" })
          : await fetchByTls(at, fingerprint, asked);
      bytes = await readBounded(response, MAX_REPLY_BYTES);
    } catch (cause) {
      this.#signal.throwIfAborted();
      if (cause instanceof FloodgateError) throw cause;
      const what =
        fingerprint === undefined
          ? "the peer of this home does not answer: start one with `floodgate peer start`"
          : `no peer answers over TLS at ${at.host}: check its address, and that it runs with --listen (${textOfError(cause)})`;
      throw new NetworkError("PEER_ABSENT", what, { cause });
    }
    if (response.ok && bytes) return bytes;
    throw errorOf(response.status, parseJson(bytes ?? new Uint8Array()));
  }
}

/**
 * The peer that runs in this home; null when none does. One that was killed leaves its file, and
 * does not answer.
 */
export async function findLocalPeer(home: string, signal: AbortSignal): Promise<LocalClient | null> {
  const endpoint = await readEndpoint(home);
  if (endpoint === null) return null;
  const client = new LocalClient(endpoint, signal);
  try {
    await client.peer();
    return client;
  } catch (error) {
    if (error instanceof FloodgateError && (error.code === "PEER_ABSENT" || error.code === "API_TOKEN_INVALID"))
      return null;
    throw error;
  }
}

/** @throws {NetworkError} PEER_ABSENT */
export async function openLocalPeer(home: string, signal: AbortSignal): Promise<LocalClient> {
  const client = await findLocalPeer(home, signal);
  if (client) return client;
  throw new NetworkError(
    "PEER_ABSENT",
    `no peer runs in ${home}: start one with \`floodgate peer start\`, or check --home`,
  );
}

function errorOf(status: number, value: unknown): FloodgateError {
  if (!Value.Check(ProblemSchema, value))
    return new NetworkError(
      "REPLY_INVALID",
      `the running peer answers with HTTP ${status}: is it of the same version?`,
    );
  return errorWith(value.code, value.detail || value.title);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
