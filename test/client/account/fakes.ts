import type { AccountHome, Kept, PendingDeposit, SavedNetwork } from "../../../client/account/home.ts";
import type { OpenNetwork } from "../../../client/account/network.ts";
import { AuthorityClient } from "../../../client/authority-client.ts";
import type { Session } from "../../../client/wallet/session.ts";
import { openWallet, type Wallet } from "../../../client/wallet/wallet.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import type { Info } from "../../../protocol/http/public.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";

/** An account's home in memory, and an authority that answers as a test tells it. */

export const NOW = 1_700_000_000;
const CONTRACT = `0x${"c0".repeat(20)}`;
const WALLET: Wallet = openWallet(`0x${"01".repeat(32)}`);

export const SESSION: Session = {
  account: WALLET.address,
  privateKey: new Uint8Array(32).fill(2),
  accessToken: "first",
  announceToken: "first to announce",
  accessExpiresAt: NOW + 10_000,
  limit: 9_000_000n,
  chosenLimit: null,
  authorizedUntil: NOW + 10_000,
};

export const INFO: Info = {
  version: "0.1.0",
  chainId: 31337,
  contract: CONTRACT,
  deployedAtBlock: 1,
  token: { address: `0x${"70".repeat(20)}`, symbol: "TUSD", decimals: 6 },
  trackerUrl: "http://127.0.0.1:1/announce",
  allotters: [],
  operator: CONTRACT,
  feeBps: 100,
  bond: { amount: "0", withdrawing: "0", withdrawableAt: 0, budget: "0", spent: "0" },
  allotmentPeriodSec: 120,
  claimPeriodSec: 120,
  acceptMarginSec: 10,
  pushIntervalSec: 2,
  payDueSec: 3,
  sessionLifetimeSec: 3600,
  now: NOW,
};

export interface MemoryHome extends AccountHome {
  /** How often the wallet was opened. */
  unlocked: number;
}

export function memoryHome(session: Session | null): MemoryHome {
  return {
    name: "memory",
    network: kept<SavedNetwork>(null),
    session: kept(session),
    deposit: kept<PendingDeposit>(null),
    unlocked: 0,
    async unlock() {
      this.unlocked++;
      return WALLET;
    },
  };
}

function kept<T>(value: T | null): Kept<T> {
  let held = value;
  return {
    read: async () => held,
    async write(next) {
      held = next;
    },
    async remove() {
      held = null;
    },
  };
}

/** One request as the authority sees it. */
export interface Asked {
  readonly route: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it sent
  readonly body: any;
}

/** `answer` returns a reply's JSON, or an HTTP status with a problem's code. */
export function openedBy(answer: (asked: Asked) => object | { status: number; code: string }): OpenNetwork {
  const fetcher = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(input));
    if (pathname === "/v1/info") return Response.json(INFO);
    const body = init.body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(init.body)) : null;
    const reply = answer({ route: `${init.method} ${pathname}${search}`, headers: new Headers(init.headers), body });
    if (!("status" in reply)) return Response.json(reply);
    const problem = { type: "about:blank", title: "refused", ...reply, detail: "refused" };
    return new Response(JSON.stringify(problem), {
      status: reply.status,
      headers: { "content-type": "application/problem+json" },
    });
  };
  const client = new AuthorityClient({ url: "http://127.0.0.1:1", fetch: fetcher as typeof fetch });
  const separator = hashDomain({ chainId: INFO.chainId, contract: parseAddress(CONTRACT) });
  return { client, network: { apiUrl: client.url.href, info: INFO, separator } };
}
