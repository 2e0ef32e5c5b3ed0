import type { Static, TSchema } from "typebox";
import { MAX_METAINFO_BYTES } from "../protocol/base/constants.ts";
import { FloodgateError } from "../protocol/base/errors.ts";
import type { Address, InfoHash } from "../protocol/base/ids.ts";
import {
  AccountLanesSchema,
  AccountSchema,
  DepositReplySchema,
  type DepositSchema,
  LogoutReplySchema,
  SessionReplySchema,
  type SessionSchema,
} from "../protocol/http/accounts.ts";
import { type ListSchema, PublishedSchema, TorrentDetailSchema } from "../protocol/http/listings.ts";
import { BatchesSchema, type BatchReply, SettleReplySchema } from "../protocol/http/operator.ts";
import {
  type Complaint,
  ComplaintReplySchema,
  type Push,
  PushReplySchema,
  type StatementBody,
  StatementOfferSchema,
  WithdrawalReplySchema,
  type WithdrawalSchema,
} from "../protocol/http/payments.ts";
import { type Info, InfoSchema, LoginReplySchema, type LoginSchema, NonceSchema } from "../protocol/http/public.ts";
import { LanePapersSchema, TimelineSchema } from "../protocol/http/timeline.ts";
import {
  type PublishQuerySchema,
  type SearchQuerySchema,
  type TorrentReply,
  TorrentSchema,
  TorrentsSchema,
} from "../protocol/http/torrents.ts";
import { type HttpRequest, parseApiUrl, parseReply, sendRequest } from "./http.ts";
import { type ApiSession, RequestSigner } from "./request-signer.ts";

const TIMEOUT_MS = 15_000;
/** For metainfo of 10 MiB over a slow line, and its check by the authority. */
const TRANSFER_TIMEOUT_MS = 120_000;
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

type Query = Readonly<Record<string, string | number | undefined>>;

interface Options {
  /** Address of the authority's API, as the customer wrote it. */
  readonly url: string;
  /** For the routes marked `operator`. */
  readonly operatorSecret?: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

/**
 * The authority's HTTP routes (protocol/http), typed. Replies are checked against their schema, and
 * bounded in size and time.
 *
 * Every method throws a {FloodgateError} with the authority's own code for a problem. It throws a
 * {NetworkError} when the authority cannot be reached or its reply is invalid, and the signal's
 * reason when `signal` fires. Nothing is retried, since only callers know what is safe to repeat.
 */
export class AuthorityClient {
  readonly url: URL;
  readonly #options: Options;
  readonly #session: ApiSession | null;
  readonly #signer: RequestSigner;

  /**
   * `session` and `signer`: as `withSession` has them.
   * @throws {InputError} URL_INVALID
   */
  constructor(options: Options, session: ApiSession | null = null, signer: RequestSigner = new RequestSigner()) {
    this.url = parseApiUrl(options.url);
    this.#options = options;
    this.#session = session;
    this.#signer = signer;
  }

  /** A client of the same authority that signs its requests with this session's key. */
  withSession(session: ApiSession): AuthorityClient {
    return new AuthorityClient(this.#options, session, this.#signer);
  }

  async info(signal?: AbortSignal): Promise<Info> {
    const info = await this.get(InfoSchema, "v1/info", {}, signal, null);
    this.#signer.learn(info);
    return info;
  }

  /** A nonce for one SIWE message of this account. */
  async loginNonce(account: Address, signal?: AbortSignal): Promise<string> {
    return (await this.post(NonceSchema, "v1/login/nonce", { account }, signal)).nonce;
  }

  login(body: Static<typeof LoginSchema>, signal?: AbortSignal) {
    return this.post(LoginReplySchema, "v1/login", body, signal);
  }

  /** Charges the card. The same key again changes nothing and returns the same deposit. */
  deposit(body: Static<typeof DepositSchema>, idempotencyKey: string, signal?: AbortSignal) {
    return this.post(DepositReplySchema, "v1/deposits", body, signal, { "idempotency-key": idempotencyKey });
  }

  depositById(id: string, signal?: AbortSignal) {
    return this.get(DepositReplySchema, `v1/deposits/${encodeURIComponent(id)}`, {}, signal);
  }

  authorizeSession(body: Static<typeof SessionSchema>, signal?: AbortSignal) {
    return this.post(SessionReplySchema, "v1/sessions", body, signal);
  }

  session(sessionKey: Address, signal?: AbortSignal) {
    return this.get(SessionReplySchema, `v1/sessions/${sessionKey}`, {}, signal);
  }

  /** Revokes the access tokens of this session key, which may be another device's. */
  logOut(sessionKey: Address, signal?: AbortSignal) {
    return this.post(LogoutReplySchema, "v1/logout", { sessionKey }, signal);
  }

  account(signal?: AbortSignal) {
    return this.get(AccountSchema, "v1/account", {}, signal);
  }

  /** One page, newest first; null starts. */
  accountLanes(cursor: string | null, signal?: AbortSignal) {
    return this.get(AccountLanesSchema, "v1/account/lanes", { cursor: cursor ?? undefined }, signal);
  }

  /** What each lane came to, newest first; null starts. */
  readonly timeline = (cursor: string | null, signal?: AbortSignal) =>
    this.get(TimelineSchema, "v1/account/timeline", { cursor: cursor ?? undefined }, signal);
  readonly lanePapers = (payer: string, lane: number, signal?: AbortSignal) =>
    this.get(LanePapersSchema, `v1/account/timeline/${payer}/${lane}`, {}, signal);

  async publish(
    metainfo: Uint8Array,
    query: Static<typeof PublishQuerySchema>,
    signal?: AbortSignal,
  ): Promise<TorrentReply> {
    const request = {
      ...this.#request("POST", "v1/torrents", query, signal),
      body: Uint8Array.from(metainfo),
      timeoutMs: TRANSFER_TIMEOUT_MS,
    };
    return this.#json(TorrentSchema, {
      ...request,
      headers: { ...request.headers, "content-type": "application/x-bittorrent" },
    });
  }

  searchTorrents(query: Static<typeof SearchQuerySchema>, signal?: AbortSignal) {
    return this.get(TorrentsSchema, "v1/torrents", query, signal);
  }

  torrent(infoHash: InfoHash, signal?: AbortSignal) {
    return this.get(TorrentDetailSchema, `v1/torrents/${infoHash}`, {}, signal);
  }

  /** What the publisher's wallet has signed of it; a later one replaces it. */
  list(infoHash: InfoHash, body: Static<typeof ListSchema>, signal?: AbortSignal) {
    return this.post(TorrentDetailSchema, `v1/torrents/${infoHash}/listing`, body, signal);
  }

  /** One page of what this account has published, newest first; null starts. */
  published(cursor: string | null, signal?: AbortSignal) {
    return this.get(PublishedSchema, "v1/account/published", { cursor: cursor ?? undefined }, signal);
  }

  /** The .torrent file, unchecked. Its parser must check that it hashes to `infoHash`. */
  metainfo(infoHash: InfoHash, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#send({
      ...this.#request("GET", `v1/torrents/${infoHash}/metainfo`, {}, signal),
      timeoutMs: TRANSFER_TIMEOUT_MS,
      maxReplyBytes: MAX_METAINFO_BYTES,
    });
  }

  /** Best voucher per lane. The same push again changes nothing. */
  pushVouchers(body: Push, signal?: AbortSignal) {
    return this.post(PushReplySchema, "v1/vouchers", body, signal);
  }

  /**
   * Reports pieces of this lane that a payer has left unpaid. The same complaint again changes
   * nothing.
   */
  complain(body: Complaint, signal?: AbortSignal) {
    return this.post(ComplaintReplySchema, "v1/complaints", body, signal);
  }

  /** Finished lanes of this session that one signature would settle. */
  statement(signal?: AbortSignal) {
    return this.get(StatementOfferSchema, "v1/statement", {}, signal);
  }

  /** Returns what is to be signed next. The same statement again changes nothing. */
  signStatement(body: StatementBody, signal?: AbortSignal) {
    return this.post(StatementOfferSchema, "v1/statement", body, signal);
  }

  withdraw(body: Static<typeof WithdrawalSchema>, signal?: AbortSignal) {
    return this.post(WithdrawalReplySchema, "v1/withdrawals", body, signal);
  }

  withdrawalById(id: string, signal?: AbortSignal) {
    return this.get(WithdrawalReplySchema, `v1/withdrawals/${encodeURIComponent(id)}`, {}, signal);
  }

  /** For the operator. Asks payees to close their lanes if `close`, and settles what is ready. */
  settle(close: boolean, signal?: AbortSignal) {
    return this.post(SettleReplySchema, "v1/operator/settle", { close }, signal);
  }

  /** All of them, newest first. */
  async batches(signal?: AbortSignal): Promise<readonly BatchReply[]> {
    const all: BatchReply[] = [];
    let query: Query = {};
    for (;;) {
      const { batches, cursor } = await this.get(BatchesSchema, "v1/batches", query, signal);
      all.push(...batches);
      if (cursor === null) return all;
      query = { cursor };
    }
  }

  /** A route that one module alone asks, as `post`. */
  get<Schema extends TSchema>(
    schema: Schema,
    path: string,
    query: Query,
    signal?: AbortSignal,
    session = this.#session,
  ) {
    return this.#json(schema, this.#request("GET", path, query, signal), session);
  }

  post<Schema extends TSchema>(
    schema: Schema,
    path: string,
    body: unknown,
    signal?: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const request = this.#request("POST", path, {}, signal);
    return this.#json(schema, {
      ...request,
      body: new TextEncoder().encode(JSON.stringify(body)),
      headers: { ...request.headers, ...headers, "content-type": "application/json" },
    });
  }

  async #json<Schema extends TSchema>(
    schema: Schema,
    request: HttpRequest,
    session = this.#session,
  ): Promise<Static<Schema>> {
    return parseReply(schema, await this.#send(request, session), request.url);
  }

  /** Signs and sends. The authority's clock is read again when it finds the signature too old. */
  async #send(request: HttpRequest, session = this.#session): Promise<Uint8Array> {
    if (session === null) return sendRequest(this.#options.fetch ?? fetch, request);
    const { method, url, body = null, signal } = request;
    // Below the API's own address, since a proxy may have it under a path.
    const target = `/${url.pathname.slice(this.url.pathname.length)}${url.search}`;
    const attempt = async (): Promise<Uint8Array> => {
      const proof = await this.#signer.sign(session, { method, target, body });
      return sendRequest(this.#options.fetch ?? fetch, { ...request, headers: { ...request.headers, ...proof } });
    };
    if (!this.#signer.isReady) await this.info(signal);
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FloodgateError) || error.code !== "REQUEST_STALE") throw error;
      await this.info(signal);
      return attempt();
    }
  }

  #request(method: "GET" | "POST", path: string, query: Query, signal: AbortSignal | undefined): HttpRequest {
    const url = new URL(path, this.url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const { operatorSecret, timeoutMs } = this.#options;
    return {
      method,
      url,
      headers: {
        accept: "application/json, application/problem+json",
        ...(operatorSecret === undefined ? {} : { authorization: `Bearer ${operatorSecret}` }),
      },
      timeoutMs: timeoutMs ?? TIMEOUT_MS,
      maxReplyBytes: MAX_REPLY_BYTES,
      signal,
    };
  }
}
