import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Server } from "../../../authority/http/routes/route.ts";
import { formatDigest, PROOF_HEADER, parseProof } from "../../../protocol/http/proof.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { CONTENT, grantLanes, pushVoucher } from "../support/lanes.ts";
import { serve } from "../support/serve.ts";
import { signedRequest } from "../support/signed-request.ts";

let authority: TestAuthority;
let server: Server;
let session: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  session = await authority.session(accountOf(1), 11);
  server = await serve(authority.context);
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

const STATEMENT = { url: "/v1/statement" };
const EMPTY_PUSH = { method: "POST", url: "/v1/vouchers", payload: { vouchers: [] } } as const;
type Sent = Parameters<typeof signedRequest>;
const codeOf = async (request: Sent[2], change?: Sent[3]): Promise<string | null> => {
  const reply = await server.inject(signedRequest(authority, session, request, change));
  return reply.statusCode === 200 ? null : (reply.json() as { code: string }).code;
};

test("a request that its session key has signed is taken, twice, and with an odd query", async () => {
  expect(await codeOf(STATEMENT)).toBe(null);
  expect(await codeOf(STATEMENT)).toBe(null);
  expect(await codeOf(EMPTY_PUSH)).toBe(null);
  expect(await codeOf({ url: "/v1/account/lanes?cursor=7&x=%20%C3%BC" })).toBe(null);
});

test.each<[string, Sent[2], NonNullable<Sent[3]>, string]>([
  ["the token alone", STATEMENT, { headers: { [PROOF_HEADER]: "" } }, "REQUEST_UNSIGNED"],
  ["another key's signature", STATEMENT, { privateKey: new Uint8Array(32).fill(9) }, "REQUEST_UNSIGNED"],
  ["the proof of another path", STATEMENT, { url: "/v1/account" }, "REQUEST_UNSIGNED"],
  [
    "the proof of another query",
    { url: "/v1/account/lanes?cursor=7" },
    { url: "/v1/account/lanes" },
    "REQUEST_UNSIGNED",
  ],
  ["the proof of another method", EMPTY_PUSH, { method: "GET", url: "/v1/statement" }, "REQUEST_UNSIGNED"],
  ["another body", EMPTY_PUSH, { payload: { vouchers: [], x: 1 } }, "REQUEST_UNSIGNED"],
  [
    "the digest of another body",
    EMPTY_PUSH,
    { headers: { "content-digest": formatDigest("A".repeat(44)) } },
    "REQUEST_UNSIGNED",
  ],
  [
    "a body of a type that nobody digests",
    EMPTY_PUSH,
    { headers: { "content-type": "text/plain" } },
    "REQUEST_UNSIGNED",
  ],
  ["an old proof", STATEMENT, { signedAt: 1 }, "REQUEST_STALE"],
])("a thief with %s is refused", async (_name, request, change, code) => {
  expect(await codeOf(request, change)).toBe(code);
});

test.each([
  "",
  ":",
  "1:",
  `01:${"0".repeat(128)}`,
  `1:${"0".repeat(127)}`,
  `1:${"Z".repeat(128)}`,
  `-1:${"0".repeat(128)}`,
])("'%s' is no proof", (text) => {
  expect(parseProof(text)).toBe(null);
});

describe("a lane", () => {
  test("is closed by the device that it pays, and by no other of its account", async () => {
    await authority.publish(CONTENT);
    const payer = await authority.session(accountOf(2), 21);
    const phone = await authority.session(accountOf(1), 12);
    authority.chain.fund(payer.account, 50_000_000n);
    authority.chain.authorize(payer.account, payer.sessionKey);
    const [granted] = await grantLanes(authority, payer, [session]);
    if (!granted) throw new Error("no lane");
    const { lane } = granted;
    const isFinal = async () =>
      (await authority.context.store.db.selectFrom("lanes").select("isFinal").executeTakeFirstOrThrow()).isFinal;
    await pushVoucher(authority, { payer, payee: phone }, lane, 5_000n, true);
    expect(await isFinal()).toBe(0);
    await pushVoucher(authority, { payer, payee: session }, lane, 5_000n, true);
    expect(await isFinal()).toBe(1);
  });
});

describe("a token", () => {
  const logOut = (sessionKey: string) => ({ method: "POST", url: "/v1/logout", payload: { sessionKey } }) as const;

  test("that was revoked is refused, also after a restart, until the account logs in again", async () => {
    const phone = await authority.session(accountOf(1), 12);
    expect(await codeOf(logOut(phone.sessionKey))).toBe(null);
    const ofPhone = signedRequest(authority, phone, STATEMENT);
    expect((await server.inject(ofPhone)).json()).toMatchObject({ code: "TOKEN_REVOKED" });
    expect(await codeOf(STATEMENT)).toBe(null);
    await server.close();
    await authority.restart();
    server = await serve(authority.context);
    expect((await server.inject(ofPhone)).json()).toMatchObject({ code: "TOKEN_REVOKED" });
    const { revocations } = authority.context;
    const issuedAt = revocations.issueTime(phone.sessionKey, authority.now);
    expect(revocations.isRevoked({ sessionKey: phone.sessionKey, issuedAt })).toBe(false);
  });

  test("of another account is nobody else's to revoke", async () => {
    const other = await authority.session(accountOf(2), 21);
    expect(await codeOf(logOut(other.sessionKey))).toBe("SESSION_UNKNOWN");
    expect((await server.inject(signedRequest(authority, other, STATEMENT))).statusCode).toBe(200);
  });
});
