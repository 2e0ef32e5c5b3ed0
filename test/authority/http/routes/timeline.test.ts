import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MirrorEvent } from "../../../../authority/chain/mirror/mirror-events.ts";
import { deriveFromEvents } from "../../../../authority/deriving.ts";
import type { Server } from "../../../../authority/http/routes/route.ts";
import { pauseByDesk } from "../../../../authority/operator/actions.ts";
import type { Deposits, LanePapers, Sessions, Timeline } from "../../../../protocol/http/timeline.ts";
import { accountOf, TestAuthority, type TestSession } from "../../support/context.ts";
import { CONTENT, grantLanes, pushVoucher } from "../../support/lanes.ts";
import { serve } from "../../support/serve.ts";
import { signedRequest } from "../../support/signed-request.ts";

let authority: TestAuthority;
let server: Server;
let [payer, payee, stranger]: TestSession[] = [];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  [payer, payee, stranger] = [
    await authority.session(accountOf(1), 11),
    await authority.session(accountOf(2), 12),
    await authority.session(accountOf(3), 13),
  ];
  authority.chain.fund(payer.account, 10n ** 12n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  await authority.publish(CONTENT);
  server = await serve(authority.context);
});
afterEach(async () => {
  await server.close();
  await authority.stop();
});

const pair = () => ({ payer: payer as TestSession, payee: payee as TestSession });
async function get<T>(session: TestSession | undefined, url: string): Promise<{ status: number; body: T }> {
  const reply = await server.inject(signedRequest(authority, session as TestSession, { url }));
  return { status: reply.statusCode, body: reply.json() as T };
}
const firstOf = async (session: TestSession | undefined) =>
  (await get<Timeline>(session, "/v1/account/timeline")).body.lanes[0];

describe("the timeline", () => {
  test("follows a lane, for payer and payee, and says what it waits for and until when", async () => {
    const [granted] = await grantLanes(authority, pair().payer, [pair().payee]);
    const lane = granted?.lane as number;
    const expiresAt = granted?.expiresAt;
    expect(await firstOf(payer)).toMatchObject({
      ...{ role: "payer", lane, place: "allotted", waitsFor: "voucher", waitsUntil: expiresAt, amount: "0" },
      ...{ acceptedAt: null, txHash: null, batch: null },
    });
    await pushVoucher(authority, pair(), lane, 123n, false);
    expect(await firstOf(payee)).toMatchObject({
      ...{ role: "payee", place: "accepted", waitsFor: "end", amount: "123", acceptedAt: authority.now },
    });
    await pushVoucher(authority, pair(), lane, 456n, true);
    expect(await firstOf(payee)).toMatchObject({
      place: "accepted",
      waitsFor: expect.stringMatching(/^(statement|company)$/),
    });
    expect((await firstOf(payee))?.waitsUntil).toBeGreaterThan(authority.now);
    expect(await firstOf(stranger)).toBeUndefined();
  });

  test("an allotment without a voucher ends unused", async () => {
    const [granted] = await grantLanes(authority, pair().payer, [pair().payee]);
    authority.now = (granted?.expiresAt ?? 0) + 1_000;
    // The tokens of before have ended, too.
    const again = await authority.session(accountOf(2), 14);
    expect(await firstOf(again)).toMatchObject({ place: "expired", waitsFor: null, waitsUntil: null });
  });

  test("the papers of a lane are for its payer and payee alone", async () => {
    const [granted] = await grantLanes(authority, pair().payer, [pair().payee]);
    const lane = granted?.lane as number;
    await pushVoucher(authority, pair(), lane, 123n);
    const url = `/v1/account/timeline/${pair().payer.account}/${lane}`;
    for (const session of [payer, payee])
      expect((await get<LanePapers>(session, url)).body).toMatchObject({
        allotment: { lane, payer: pair().payer.account },
        voucher: { amount: "123" },
        receipt: { receivedAt: authority.now },
        batch: null,
      });
    expect(await get(stranger, url)).toMatchObject({ status: 404, body: { code: "LANE_UNKNOWN" } });
    expect(await get(payer, `${url}9`)).toMatchObject({ status: 404, body: { code: "LANE_UNKNOWN" } });
    expect(await get(payer, "/v1/account/timeline/0x12/1")).toMatchObject({ body: { code: "ADDRESS_INVALID" } });
    expect(await get(payer, `/v1/account/timeline/${pair().payer.account}/-1`)).toMatchObject({ status: 400 });
  });

  test.each(["/v1/account/timeline", "/v1/deposits", "/v1/withdrawals"])("%s takes no made-up cursor", async (path) => {
    expect(await get(payer, `${path}?cursor=x`)).toMatchObject({ status: 400, body: { code: "CURSOR_INVALID" } });
    expect((await get(payer, `${path}?cursor=0`)).status).toBe(200);
    expect((await server.inject(path)).statusCode).toBe(401);
  });

  test("sessions tell what each key may spend, of this account alone", async () => {
    const { body } = await get<Sessions>(payer, "/v1/sessions");
    expect(body.sessions).toMatchObject([{ sessionKey: pair().payer.sessionKey, state: "active", isLoggedOut: false }]);
    expect((await get<Sessions>(payee, "/v1/sessions")).body.sessions).toMatchObject([{ state: "none", limit: "0" }]);
  });
});

describe("paying in on-chain", () => {
  const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
  const deposited = (logIndex: number, more: Partial<MirrorEvent> = {}): MirrorEvent => ({
    ...({ type: "deposited", block: 9, account: pair().payer.account, from: accountOf(7), amount: 5n } as const),
    ...{ id: hash(`${logIndex}`), txHash: hash("a"), logIndex },
    ...(more as object),
  });
  const derive = (events: readonly MirrorEvent[]) =>
    authority.context.store.transaction((trx) =>
      deriveFromEvents(trx, events, new Map(), { number: 9, timestamp: 700, hash: hash("b"), parentHash: hash("c") }),
    );

  test("is listed with what cards paid, once, and without what the operator has paid for cards", async () => {
    const events = [
      deposited(1),
      deposited(2, { id: hash("0"), amount: 2n ** 96n - 1n }),
      deposited(3, { from: authority.chain.operator }),
      deposited(4, { account: pair().payee.account }),
    ];
    await derive(events);
    // A mirror that begins anew tells all of them once more.
    await derive(events);
    const { body } = await get<Deposits>(payer, "/v1/deposits");
    const onChain = {
      by: "chain",
      from: accountOf(7),
      state: "credited",
      reason: null,
      txHash: hash("a"),
      createdAt: 700,
    };
    expect(body).toEqual({
      deposits: [
        { ...onChain, id: `${hash("a")}:2`, amount: String(2n ** 96n - 1n) },
        { ...onChain, id: hash("1"), amount: "5" },
      ],
      cursor: null,
    });
    expect((await get<Deposits>(stranger, "/v1/deposits")).body.deposits).toEqual([]);
  });

  test("by permit needs a Depositor and a token that has permits, and no pause", async () => {
    const url = "/v1/account/permit";
    expect(await get(payer, url)).toEqual({ status: 200, body: { permit: null } });
    authority.chain.facts.depositor = accountOf(8);
    expect(await get(payer, url)).toEqual({ status: 200, body: { permit: null } });
    authority.chain.permit = { name: "Dollar", version: "2", nonce: 3n, tokens: 9n };
    const { token } = authority.chain.facts;
    const permit = {
      depositor: accountOf(8),
      token: token.address,
      name: "Dollar",
      version: "2",
      nonce: "3",
      tokens: "9",
    };
    expect(await get(payer, url)).toEqual({ status: 200, body: { permit } });
    await pauseByDesk(authority.context, { reason: "closed", login: "test" }, true);
    expect(await get(payer, url)).toMatchObject({ status: 503, body: { code: "DEPOSITS_PAUSED" } });
  });
});
