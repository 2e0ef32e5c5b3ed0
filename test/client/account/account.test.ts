import { describe, expect, test } from "vitest";
import { type Need, openAccount, sessionLeftSec } from "../../../client/account/account.ts";
import { identityOf } from "../../../client/wallet/session.ts";
import { INFO, memoryHome, NOW, openedBy, SESSION } from "./fakes.ts";

const { signal } = new AbortController();
const { sessionKey } = identityOf(SESSION);

/** What the account has now, base units; the session has spent 2,000,000 of 9,000,000. */
const BALANCE = 8_000_000n;
const MONEY = Object.fromEntries(
  ["withdrawing", "reserved", "free", "unsettled", "earned", "fees", "paid", "owing", "withdrawalNonce"].map((name) => [
    name,
    "0",
  ]),
);

/**
 * Logs in and authorizes at once; every other request is unexpected. `limits`: what was asked for.
 */
const renewing = (limits: string[] = []) =>
  openedBy(({ route, body }) => {
    if (route === "GET /v1/account")
      return { ...MONEY, account: SESSION.account, block: 1, balance: `${BALANCE}`, withdrawableAt: 0 };
    if (route === "POST /v1/login/nonce") return { nonce: "12345678", expiresAt: NOW + 600 };
    if (route === "POST /v1/login")
      return {
        account: SESSION.account,
        sessionKey,
        accessToken: "second",
        announceToken: "second to announce",
        expiresAt: NOW + 3_600,
      };
    const session = { sessionKey, limit: limits.at(-1) ?? "9000000", spent: "2000000", txHash: null };
    if (route === "POST /v1/sessions") limits.push(body.limit);
    if (route === "POST /v1/sessions") return { ...session, state: "pending", expiresAt: body.expiresAt };
    if (route === `GET /v1/sessions/${sessionKey}`) return { ...session, state: "active", expiresAt: NOW + 3_600 };
    throw new Error(`unexpected ${route}`);
  });
const silent = openedBy(({ route }) => {
  throw new Error(`unexpected ${route}`);
});

describe("an account", () => {
  test.each<Need>(["login", "serve", "spend"])("whose session is good opens to %s without its wallet", async (need) => {
    const home = memoryHome(SESSION);
    const account = await openAccount(home, need, signal, silent);
    expect(account.session).toEqual(SESSION);
    expect(home.unlocked).toBe(0);
  });

  test("whose token ends soon logs in again, and keeps the new token", async () => {
    const home = memoryHome({ ...SESSION, accessExpiresAt: NOW + 60 });
    const account = await openAccount(home, "login", signal, renewing());
    expect(account.session).toMatchObject({
      accessToken: "second",
      announceToken: "second to announce",
      accessExpiresAt: NOW + 3_600,
    });
    expect(await home.session.read()).toEqual(account.session);
    expect(home.unlocked).toBe(1);
  });

  test("whose authorization ends soon is authorized again, but only to spend", async () => {
    const session = { ...SESSION, authorizedUntil: NOW + 130 };
    const serving = memoryHome(session);
    await openAccount(serving, "serve", signal, silent);
    expect(serving.unlocked).toBe(0);

    const home = memoryHome(session);
    const account = await openAccount(home, "spend", signal, renewing());
    expect(account.session).toMatchObject({ authorizedUntil: NOW + 3_600 });
    expect(await home.session.read()).toEqual(account.session);
  });

  test.each([
    ["what it has now and has spent", null, 10_000_000n],
    ["what its customer chose", 9_500_000n, 9_500_000n],
  ])("is authorized to spend %s", async (_what, chosenLimit, limit) => {
    const home = memoryHome({ ...SESSION, chosenLimit, authorizedUntil: NOW });
    const limits: string[] = [];
    const account = await openAccount(home, "spend", signal, renewing(limits));
    expect(limits).toEqual([`${limit}`]);
    expect(account.session).toMatchObject({ limit, chosenLimit });
  });

  test("without a session is not registered", async () => {
    const opening = openAccount(memoryHome(null), "login", signal, silent);
    await expect(opening).rejects.toMatchObject({ code: "NOT_REGISTERED" });
  });

  test("is not renewed by the wallet of another", async () => {
    const home = memoryHome({ ...SESSION, account: `0x${"aa".repeat(20)}`, accessExpiresAt: 0 });
    await expect(openAccount(home, "login", signal, silent)).rejects.toMatchObject({ code: "WALLET_INVALID" });
  });
});

test.each<[string, Need, number, number, number]>([
  ["a token is renewed a minute before its end", "login", 1_000, 0, 940],
  ["serving ends one allotment and a margin before the token", "serve", 1_000, 0, 870],
  ["spending ends with the authorization, if that is earlier", "spend", 1_000, 500, 370],
  ["a session that is shorter than the margin is used to its end", "spend", 1_000, 100, 100],
  ["a session that has ended has nothing left", "spend", 1_000, -5, 0],
])("%s", (_what, need, tokenSec, authorizedSec, left) => {
  const session = { ...SESSION, accessExpiresAt: NOW + tokenSec, authorizedUntil: NOW + authorizedSec };
  const { network } = silent;
  expect(network.info).toBe(INFO);
  expect(sessionLeftSec(session, network, need)).toBe(left);
});
