import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerAnnounces } from "../../../authority/allotments/answer-announce.ts";
import { beginRestored } from "../../../authority/restore/begin-restored.ts";
import { createRetention } from "../../../authority/retention.ts";
import { giveTicket } from "../../../authority/sponsors/give-ticket.ts";
import { readSponsorship, sponsor } from "../../../authority/sponsors/sponsorships.ts";
import { readDetail } from "../../../authority/torrents/listings.ts";
import { search } from "../../../authority/torrents/repository.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { ticketCap } from "../../../protocol/base/ticket-cap.ts";
import type { Ticket } from "../../../protocol/http/sponsors.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { accountOf, killAtEveryQuery, PIECE, PRICE, TestAuthority, type TestSession } from "../support/context.ts";
import { CONTENT, SIZE } from "../support/plan.ts";
import { serve } from "../support/serve.ts";
import { signedRequest } from "../support/signed-request.ts";
import { makeSponsor, secretOf, sessionOf, type TestSponsor } from "../support/sponsor.ts";

const CAP = ticketCap({ sizeBytes: SIZE, pieceLength: PIECE, pricePerGiB: PRICE });
const BUDGET = 20n * CAP + CAP / 2n;

let authority: TestAuthority;
let sponsoring: TestSponsor;
let sellers: TestSession[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  sponsoring = await makeSponsor(authority, BUDGET);
  sellers = await Promise.all([21, 22].map((device) => authority.session(accountOf(device), device)));
});
afterEach(() => authority.stop());

function setGas(gasPerAccountPerDay: number): void {
  const { context } = authority;
  const { config } = context;
  authority.context = { ...context, config: { ...config, params: { ...config.params, gasPerAccountPerDay } } };
}

/** The `n`-th downloader asks, from a network of its own. */
const ask = (n: number, address = `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`): Promise<Ticket> =>
  giveTicket(authority.context, CONTENT, { secret: secretOf(n), address });

/** Takes all lanes that the authority gives it, and promises all of each. Returns the sum. */
async function take(ticket: Ticket): Promise<bigint> {
  const { account, sessionKey, privateKey } = sessionOf(ticket);
  authority.chain.authorize(account, sessionKey, BUDGET);
  const { db } = authority.context.store;
  let topUp: number[] = [];
  for (;;) {
    authority.chain.latest = { ...authority.chain.latest, timestamp: authority.now };
    authority.chain.confirmed = { ...authority.chain.confirmed, timestamp: authority.now - 2 };
    const request = { account, sessionKey, infoHash: CONTENT, bytesLeft: SIZE, topUp, met: [] };
    const signed = { ...request, requestedAt: authority.now++ };
    const signature = bytesToHex(sign(hashAllotmentRequest(authority.context.separator, signed), privateKey));
    await answerAnnounces(authority.context, [
      {
        infoHash: CONTENT,
        event: "started",
        bytesLeft: SIZE,
        session: { account, sessionKey },
        request: { requestedAt: signed.requestedAt, topUp, met: [], signature },
        payees: sellers.map((seller) => seller.sessionKey),
      },
    ]);
    const lanes = await db.selectFrom("lanes").selectAll().where("sessionKey", "=", sessionKey).execute();
    if (lanes.length === topUp.length) return lanes.reduce((sum, { cap }) => sum + BigInt(cap), 0n);
    topUp = lanes.map(({ lane }) => lane);
    for (const { lane, cap, payer } of lanes)
      await db.updateTable("lanes").set({ amount: cap }).where("payer", "=", payer).where("lane", "=", lane).execute();
  }
}

test("1,000 false downloaders take no more than the budget together, and none more than its cap", async () => {
  setGas(10 ** 9);
  await sponsoring.open(60);
  const taken: bigint[] = [];
  const refused = new Map<string, number>();
  for (let n = 1; n <= 1_000; n++) {
    try {
      taken.push(await take(await ask(n)));
    } catch (error) {
      const { code } = error as { readonly code: string };
      refused.set(code, (refused.get(code) ?? 0) + 1);
    }
  }
  expect(taken.reduce((sum, one) => sum + one, 0n)).toBeLessThanOrEqual(BUDGET);
  for (const one of taken) {
    expect(one).toBeLessThanOrEqual(CAP);
    // They do get what an honest downloader needs.
    expect(one).toBeGreaterThan(CAP / 2n);
  }
  expect(taken.length).toBeGreaterThanOrEqual(20);
  expect([...refused]).toEqual([["SPONSOR_SPENT", 1_000 - taken.length]]);
  const { given, spent, left } = await readSponsorship(authority.context, sponsoring.session);
  expect(given).toBe(taken.length);
  expect(BigInt(spent)).toBe(taken.reduce((sum, one) => sum + one, 0n));
  expect(BigInt(left)).toBe(BUDGET - BigInt(spent));
});

test("what tickets may still spend is kept for them, though nobody has spent anything", async () => {
  setGas(10 ** 9);
  await sponsoring.open(60);
  for (let n = 1; n <= 20; n++) await ask(n);
  await expect(ask(21)).rejects.toMatchObject({ code: "SPONSOR_SPENT" });
  // Their lifetime is over, and nobody has used them.
  authority.now += 3_601;
  expect(await ask(21)).toMatchObject({ cap: `${CAP}` });
});

test("a network gets four tickets a day, and the gas of the authorizations is bound, too", async () => {
  await sponsoring.open(60);
  for (let n = 1; n <= 4; n++) await ask(n, "2001:db8::1");
  await expect(ask(5, "2001:db8:0:0:1::9")).rejects.toMatchObject({ code: "RATE_LIMITED" });
  setGas(5 * 110_000);
  await ask(5);
  await expect(ask(6)).rejects.toMatchObject({ code: "RATE_LIMITED" });
  expect(await readSponsorship(authority.context, sponsoring.session)).toMatchObject({ given: 5, unused: 55 });
});

test("killed at any point, the same secret gets one ticket, and one transaction authorizes it", async () => {
  await sponsoring.open(3);
  const seen = new Set<string>();
  await killAtEveryQuery(
    authority,
    async () => seen.add((await ask(1)).privateKey),
    async () => {
      const { db } = authority.context.store;
      const given = await db.selectFrom("tickets").select("sessionKey").where("givenAt", "is not", null).execute();
      const sent = await db.selectFrom("transactions").select("actionId").execute();
      const relays = await db.selectFrom("relays").select("actionId").execute();
      const gas = await db.selectFrom("gasUses").select("actionId").execute();
      expect([sent.length, relays.length, gas.length]).toEqual([given.length, given.length, given.length]);
      expect(given.length).toBeLessThanOrEqual(1);
    },
  );
  await ask(1).then(({ privateKey }) => seen.add(privateKey));
  expect(seen.size).toBe(1);
  expect(await readSponsorship(authority.context, sponsoring.session)).toMatchObject({ given: 1, unused: 2 });
});

test("a restored authority gives away no ticket that somebody may have got since, and old ones are forgotten", async () => {
  await sponsoring.open(3);
  await sql`update network set isCopy = 1`.execute(authority.context.store.db);
  await beginRestored(authority.context);
  await expect(ask(1)).rejects.toMatchObject({ code: "SPONSOR_SPENT" });
  const stored = () => authority.context.store.db.selectFrom("tickets").select("sessionKey").execute();
  const retain = createRetention(authority.context);
  await retain();
  expect((await stored()).length).toBe(3);
  const seconds = 91 * 86_400;
  authority.now += seconds;
  authority.chain.confirmed = { number: 99, timestamp: authority.now };
  await retain();
  expect(await stored()).toEqual([]);
});

describe("a sponsor", () => {
  test("is told of while there are tickets for a whole lifetime", async () => {
    const told = async () => {
      const { torrents } = await search(authority.context, {}, Number.MAX_SAFE_INTEGER);
      const detail = await readDetail(authority.context, CONTENT);
      expect(torrents).toMatchObject([{ infoHash: CONTENT, isSponsored: detail.isSponsored }]);
      return detail.isSponsored;
    };
    expect(await told()).toBe(false);
    await sponsoring.open(1);
    expect(await told()).toBe(true);
    await ask(1);
    expect(await told()).toBe(false);
    await sponsoring.open(2);
    authority.now += 7 * 86_400 - 3_600;
    expect(await told()).toBe(false);
    await expect(ask(2)).rejects.toMatchObject({ code: "SPONSOR_MISSING" });
  });

  test("replaces only what nobody has, and an end gives and pays nothing more", async () => {
    await sponsoring.open(2);
    const ticket = await ask(1);
    expect(await sponsoring.open(4)).toMatchObject({ given: 1, unused: 3, isOpen: true });
    const ended = await sponsor(authority.context, sponsoring.session, await sponsoring.body(0));
    expect(ended).toMatchObject({ given: 1, unused: 0, isOpen: false });
    await expect(ask(2)).rejects.toMatchObject({ code: "SPONSOR_MISSING" });
    expect(await take(ticket)).toBe(0n);
    // Whoever has it gets it again, to pay what it owes.
    expect(await ask(1)).toEqual(ticket);
  });

  test.each([
    ["of another wallet", async () => (await makeSponsor(authority, 1n, 78)).body(1)],
    ["for another limit", async () => ({ ...(await sponsoring.body(1)), limit: "1" })],
    ["that ends too late", async () => sponsoring.body(1, { expiresAt: authority.now + 31 * 86_400 })],
    ["that has ended", async () => sponsoring.body(1, { expiresAt: authority.now })],
  ])("is refused with a key %s", async (_, body) => {
    const asked = sponsor(authority.context, sponsoring.session, await body());
    await expect(asked).rejects.toMatchObject({ code: "SPONSORSHIP_INVALID" });
  });

  test("has the money for one download, and without it the next one is asked", async () => {
    const poor = await makeSponsor(authority, CAP - 1n, 78);
    await expect(poor.open(1)).rejects.toMatchObject({ code: "BALANCE_TOO_LOW" });
    authority.chain.fund(poor.session.account, CAP);
    await poor.open(1);
    authority.chain.fund(poor.session.account, 0n);
    await sponsoring.open(2);
    const accounts = [await ask(1), await ask(2)].map(({ account }) => account);
    expect(accounts).toEqual([sponsoring.session.account, sponsoring.session.account]);
    await expect(ask(3)).rejects.toMatchObject({ code: "SPONSOR_SPENT" });
  });

  test("sponsors one content, which is not free and is published", async () => {
    await sponsoring.open(1);
    await authority.publish("cd".repeat(20));
    await authority.publish("ef".repeat(20), 0n);
    for (const infoHash of ["cd", "ef"])
      await expect(
        sponsor(authority.context, sponsoring.session, await sponsoring.body(1, { infoHash: infoHash.repeat(20) })),
      ).rejects.toMatchObject({ code: "SPONSORSHIP_INVALID" });
    await expect(
      sponsor(authority.context, sponsoring.session, await sponsoring.body(1, { infoHash: "01".repeat(20) })),
    ).rejects.toMatchObject({ code: "TORRENT_UNKNOWN" });
  });
});

test("a ticket's session may download, and nothing else", async () => {
  await sponsoring.open(1);
  const server = await serve(authority.context);
  try {
    const reply = await server.inject({
      method: "POST",
      url: `/v1/torrents/${CONTENT}/tickets`,
      payload: { secret: secretOf(1) },
    });
    const session = sessionOf(reply.json());
    const status = async (url: string, payload?: object): Promise<number> => {
      const request = payload === undefined ? { url } : { url, payload, method: "POST" as const };
      return (await server.inject(signedRequest(authority, session, request))).statusCode;
    };
    expect(await status("/v1/account")).toBe(200);
    expect(await status(`/v1/sessions/${session.sessionKey}`)).toBe(200);
    expect(await status("/v1/statement")).toBe(200);
    expect(await status("/v1/account/lanes")).toBe(403);
    expect(await status("/v1/sponsorship", await sponsoring.body(0))).toBe(403);
    expect(await status("/v1/logout", { sessionKey: sponsoring.session.sessionKey })).toBe(403);
  } finally {
    await server.close();
  }
});
