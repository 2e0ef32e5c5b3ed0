import { printable } from "../../../protocol/base/text.ts";
import type { AccountReply, DepositReply, SessionReply } from "../../../protocol/http/accounts.ts";
import type { WithdrawalReply } from "../../../protocol/http/payments.ts";
import type { Info, LoginReply } from "../../../protocol/http/public.ts";
import type {
  Deposits,
  LanePapers,
  PermitReply,
  Sessions,
  Timeline,
  Withdrawals,
} from "../../../protocol/http/timeline.ts";
import type { SessionKey } from "./session.ts";
import { domainOf } from "./wallet/typed-data.ts";

/** The authority's refusal, with its own code. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, text: string) {
    super(text);
    this.code = code;
    this.status = status;
  }
}

const TIMEOUT_MS = 20_000;

/** The authority that served this page, by the API that the command line uses. */
export class Api {
  readonly #key: SessionKey;
  #token: string | null = null;
  #info: Info;
  /** What the authority's clock is ahead of this page's, seconds. */
  #aheadSec: number;

  constructor(key: SessionKey, info: Info) {
    this.#key = key;
    this.#info = info;
    this.#aheadSec = info.now - clockSec();
  }

  get info(): Info {
    return this.#info;
  }

  /** Seconds since 1970, on the authority's clock. */
  now(): number {
    return Math.floor(clockSec() + this.#aheadSec);
  }

  async logIn(message: string, signature: string): Promise<LoginReply> {
    const reply = (await call("POST", "/v1/login", { body: { message, signature } })) as LoginReply;
    this.#token = reply.accessToken;
    return reply;
  }

  account = (): Promise<AccountReply> => this.#get("/v1/account");
  timeline = (cursor: string | null): Promise<Timeline> => this.#get(page("/v1/account/timeline", cursor));
  papers = (payer: string, lane: number): Promise<LanePapers> => this.#get(`/v1/account/timeline/${payer}/${lane}`);
  deposits = (cursor: string | null): Promise<Deposits> => this.#get(page("/v1/deposits", cursor));
  withdrawals = (cursor: string | null): Promise<Withdrawals> => this.#get(page("/v1/withdrawals", cursor));
  permit = (): Promise<PermitReply> => this.#get("/v1/account/permit");
  sessions = (): Promise<Sessions> => this.#get("/v1/sessions");
  withdraw = (body: object): Promise<WithdrawalReply> => this.#post("/v1/withdrawals", body);
  authorizeSession = (body: object): Promise<SessionReply> => this.#post("/v1/sessions", body);
  logOut = (sessionKey: string): Promise<unknown> => this.#post("/v1/logout", { sessionKey });
  payIn = (key: string, body: object): Promise<DepositReply> =>
    this.#post("/v1/deposits", body, { "idempotency-key": key });

  async #get<T>(target: string): Promise<T> {
    return (await this.#signed("GET", target, null, {})) as T;
  }

  async #post<T>(target: string, body: object, headers: Record<string, string> = {}): Promise<T> {
    return (await this.#signed("POST", target, body, headers)) as T;
  }

  async #signed(method: string, target: string, body: object | null, more: Record<string, string>): Promise<unknown> {
    const send = async (): Promise<unknown> => {
      const text = body === null ? null : JSON.stringify(body);
      const proof = await this.#key.proof(domainOf(this.#info), { method, target, body: text, at: this.now() });
      return call(method, target, { body, headers: { ...more, ...proof, authorization: `Bearer ${this.#token}` } });
    };
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "REQUEST_STALE") throw error;
      // A clock was set meanwhile. The same request twice changes nothing.
      this.#info = await readInfo();
      this.#aheadSec = this.#info.now - clockSec();
      return send();
    }
  }
}

export async function readInfo(): Promise<Info> {
  return (await call("GET", "/v1/info", {})) as Info;
}

export async function readNonce(account: string): Promise<string> {
  return ((await call("POST", "/v1/login/nonce", { body: { account } })) as { nonce: string }).nonce;
}

async function call(
  method: string,
  target: string,
  { body = null, headers = {} }: { readonly body?: object | null; readonly headers?: Record<string, string> },
): Promise<unknown> {
  const answer = await fetch(target, {
    method,
    headers: { ...headers, ...(body === null ? {} : { "content-type": "application/json" }) },
    body: body === null ? null : JSON.stringify(body),
    // No cookie is sent, and none is taken: the access token is in this page's memory alone.
    credentials: "omit",
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new ApiError(
      "AUTHORITY_UNREACHABLE",
      0,
      "The authority does not answer. Look whether it runs, and try again.",
    );
  });
  const reply: unknown = await answer.json().catch(() => null);
  if (answer.ok && reply !== null) return reply;
  const { code, detail } = (reply ?? {}) as { code?: unknown; detail?: unknown };
  const text = printable(String(detail ?? `it answered with HTTP ${answer.status}`), 400);
  throw new ApiError(String(code ?? "AUTHORITY_FAILED"), answer.status, text);
}

function page(path: string, cursor: string | null): string {
  return cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`;
}

function clockSec(): number {
  return Date.now() / 1_000;
}
