import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Charges } from "../../authority/funding/charges.ts";
import { createDeposit } from "../../authority/funding/deposits.ts";
import { listActions } from "../../authority/store/operator/operator-actions.ts";
import { readWaitingLanes } from "../../authority/store/views/operator-desk.ts";
import { DESK_LISTS, deskListPath } from "../../web/operator/desk-list-page.ts";
import { readGasCsv } from "../../web/operator/gas-days.ts";
import { accountOf } from "../authority/support/context.ts";
import { CONTENT, grantLanes, pushVoucher } from "../authority/support/lanes.ts";
import { fillDesk } from "./support/busy-desk.ts";
import { HOST, Stage } from "./support/stage.ts";

const SECRET = "0".repeat(64);
const FORM = "application/x-www-form-urlencoded";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await fillDesk(stage);
});
afterAll(() => stage[Symbol.asyncDispose]());

let senders = 0;
/** Each request comes from a network of its own, or one that the test names. */
const send = async (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  remoteAddress = `10.0.${senders++}.1`,
) =>
  stage.server.inject({
    method: "POST",
    remoteAddress,
    url: path,
    payload: new URLSearchParams(fields).toString(),
    headers: { host: HOST, "content-type": FORM, origin: `https://${HOST}`, ...headers },
  });

const logIn = async (): Promise<string> => {
  const { headers } = await send("/operator/login", { secret: SECRET });
  return String(headers["set-cookie"]).split(";")[0] as string;
};

const open = (cookie: string, host = HOST) => stage.server.inject({ url: "/operator", headers: { host, cookie } });

describe("the operator's desk", () => {
  test("shows a stranger nothing but the login", async () => {
    for (const cookie of ["", "floodgate-operator=", `floodgate-operator=${"a".repeat(64)}`]) {
      const { statusCode, body } = await open(cookie);
      expect(statusCode).toBe(200);
      expect(body).toContain('name="secret"');
      expect(body).not.toContain("Promised");
    }
  });

  test("opens by the operator secret, with a cookie that scripts and other sites cannot use", async () => {
    const { statusCode, headers } = await send("/operator/login", { secret: ` ${SECRET}\n` });
    expect(statusCode).toBe(303);
    expect(headers.location).toBe("/operator");
    expect(headers["set-cookie"]).toMatch(
      /^floodgate-operator=[0-9a-f]{64}; Path=\/operator; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  test("tells all that an operator has to know", async () => {
    const { body, headers } = await open(await logIn());
    expect(headers["cache-control"]).toBe("no-store");
    for (const part of ["gas price", "Promised", "To be settled", "Gas of the signer", "Newest block"])
      expect(body).toContain(part);
    for (const why of ["lanes had waited long enough", "a payer takes its money out", "2 skipped", "settle:1"])
      expect(body).toContain(why);
    expect(body).toContain(`0x${"b5".repeat(20)}`);
    expect(body).toContain("Big Buck Bunny");
    expect(body).not.toContain(SECRET);
  });

  test.each(DESK_LISTS)("has the whole list of %s on pages of its own, for whoever is logged in", async (name) => {
    const look = (cookie: string) => stage.server.inject({ url: deskListPath(name), headers: { host: HOST, cookie } });
    const refused = await look("");
    expect([refused.statusCode, refused.headers.location]).toEqual([303, "/operator"]);
    const shown = await look(await logIn());
    expect([shown.statusCode, shown.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(shown.body).toContain('data-live="list"');
  });

  test("counts gas by day, in a table and as CSV, for whoever is logged in", async () => {
    const look = (cookie: string, host = HOST) =>
      stage.server.inject({ url: "/operator/gas.csv", headers: { host, cookie } });
    const [refused, cookie] = [await look(""), await logIn()];
    expect([refused.statusCode, refused.headers.location]).toEqual([303, "/operator"]);
    expect((await look(cookie, "evil.example")).statusCode).toBe(403);
    const { body, headers } = await look(cookie);
    expect([headers["content-type"], headers["cache-control"]]).toEqual(["text/csv; charset=utf-8", "no-store"]);
    const days = readGasCsv(body) ?? [];
    // The two that have not ended count nothing; the failed one does.
    expect(days.map(({ settling }) => settling).slice(-6)).toEqual([0, 392_000, 433_000, 474_000, 515_000, 0]);
    expect(days.map(({ count, relaying }) => relaying / 101_000 - count).slice(-6)).toEqual([0, -1, -1, -1, -1, 0]);
    expect(days.length).toBe(24);
    expect((await open(cookie)).body).toMatch(/Gas by day.*474,000/s);
  });

  test("leads through more accounts than a page has, each of them once", async () => {
    const { store } = stage.authority.context;
    const names = Array.from({ length: 230 }, (_, i) => `0x${(i + 1).toString(16).padStart(40, "0")}` as const);
    const accounts = names.map((account, i) => ({ account, createdAt: 1_000 + i, nextLane: 1 }));
    await store.transaction((trx) => trx.insertInto("accounts").values(accounts).execute());
    const cookie = await logIn();
    const found: string[] = [];
    for (const page of [1, 2, 3]) {
      const { body } = await stage.server.inject({
        url: deskListPath("accounts", page),
        headers: { host: HOST, cookie },
      });
      found.push(...[...body.matchAll(/<code>(0x0[0-9a-f]{39})<\/code>/g)].map(([, account]) => String(account)));
    }
    expect(found).toEqual(names.toReversed());
    const past = await stage.server.inject({ url: deskListPath("accounts", 9), headers: { host: HOST, cookie } });
    expect(past.body).toContain("There is no page 9");
  });

  test.each([
    ["a wrong secret", { secret: "1".repeat(64) }, {}, 401],
    ["no secret", {}, {}, 401],
    ["another site's form", { secret: SECRET }, { "sec-fetch-site": "cross-site" }, 403],
    ["a form of a neighbour's host", { secret: SECRET }, { "sec-fetch-site": "same-site" }, 403],
    ["a form of an unknown origin", { secret: SECRET }, { origin: "null" }, 403],
    ["a form of another origin", { secret: SECRET }, { origin: "https://evil.example" }, 403],
    ["a host of a stranger", { secret: SECRET }, { host: "evil.example", origin: "https://evil.example" }, 403],
  ])("refuses %s", async (_what, fields, headers, status) => {
    const answer = await send("/operator/login", fields as Record<string, string>, headers as Record<string, string>);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("refuses what is no form, and forms that are too large", async () => {
    const json = { "content-type": "application/json" };
    expect((await send("/operator/login", {}, { "content-type": "text/plain" })).statusCode).toBe(401);
    expect((await send("/operator/login", { secret: "a".repeat(5_000) })).statusCode).toBe(413);
    expect((await send("/operator/login", { secret: SECRET }, json)).statusCode).toBe(400);
  });

  test("lets nobody guess for long", async () => {
    const answers: number[] = [];
    while (answers.at(-1) !== 429 && answers.length < 100)
      answers.push((await send("/operator/login", { secret: "2" }, {}, "192.0.2.1")).statusCode);
    expect(answers.at(-1)).toBe(429);
    expect(answers.length).toBeLessThan(20);
  });

  test("shows nothing by the name of a stranger that leads here", async () => {
    const cookie = await logIn();
    const { statusCode, body } = await open(cookie, "evil.example");
    expect(statusCode).toBe(403);
    expect(body).not.toContain("Promised");
  });

  test("ends when its operator logs out, by a form of that session alone", async () => {
    const [cookie, other] = [await logIn(), await logIn()];
    const tokenOf = async (of: string): Promise<string> =>
      /name="token" value="([0-9a-f]{64})"/.exec((await open(of)).body)?.[1] as string;
    expect((await send("/operator/logout", { token: await tokenOf(other) }, { cookie })).statusCode).toBe(403);
    expect((await send("/operator/logout", {}, { cookie })).statusCode).toBe(403);
    expect((await open(cookie)).body).toContain("Promised");
    expect((await send("/operator/logout", { token: await tokenOf(cookie) }, { cookie })).statusCode).toBe(303);
    expect((await open(cookie)).body).not.toContain("Promised");
    expect((await open(other)).body).toContain("Promised");
  });
});

describe("what an operator does", () => {
  const tokenOf = async (cookie: string): Promise<string> =>
    /name="token" value="([0-9a-f]{64})"/.exec((await open(cookie)).body)?.[1] as string;
  const logOf = () => listActions(stage.authority.context.store.db, 100);
  const shownOf = async (url: string): Promise<number> =>
    (await stage.server.inject({ url, headers: { host: HOST } })).statusCode;

  test("takes a content down, and puts it back, with a reason that stays", async () => {
    const cookie = await logIn();
    const token = await tokenOf(cookie);
    const infoHash = await stage.add({ title: "Not mine", files: [{ path: "x", sizeBytes: 1_000 }], pricePerGiB: 1n });
    expect(await shownOf(`/contents/${infoHash}`)).toBe(200);
    const fields = { token, infoHash, reason: "its owner asked <b>us</b>" };
    expect((await send("/operator/unlist", fields, { cookie })).statusCode).toBe(303);
    expect(await shownOf(`/contents/${infoHash}`)).toBe(404);
    expect((await stage.server.inject("/v1/torrents?query=Not")).body).not.toContain(infoHash);
    expect((await open(cookie)).body).toContain("its owner asked &lt;b&gt;us&lt;/b&gt;");
    expect((await send("/operator/unlist", fields, { cookie })).statusCode).toBe(404);
    expect((await send("/operator/list", { ...fields, reason: "a mistake" }, { cookie })).statusCode).toBe(303);
    expect(await shownOf(`/contents/${infoHash}`)).toBe(200);
    expect((await logOf()).slice(0, 2).map(({ action, subject }) => [action, subject])).toEqual([
      ["list", infoHash],
      ["unlist", infoHash],
    ]);
  });

  test("pauses deposits, and takes them again", async () => {
    const cookie = await logIn();
    const token = await tokenOf(cookie);
    const { context } = stage.authority;
    const customer = await stage.authority.session(accountOf(0xbb), 77);
    const payIn = (key: string) =>
      createDeposit(context, { expect: () => () => undefined } as unknown as Charges, customer, key, {
        amount: "5",
        card: "4242424242424242",
      });
    await send("/operator/pause", { token, reason: "the bank is closed" }, { cookie });
    await expect(payIn("key-one-1")).rejects.toMatchObject({ code: "DEPOSITS_PAUSED" });
    expect((await open(cookie)).body).toContain("Deposits are paused");
    await send("/operator/resume", { token, reason: "it is open" }, { cookie });
    await expect(payIn("key-one-1")).rejects.not.toMatchObject({ code: "DEPOSITS_PAUSED" });
    expect((await logOf()).slice(0, 2).map(({ action, reason }) => [action, reason])).toEqual([
      ["resume", "it is open"],
      ["pause", "the bank is closed"],
    ]);
  });

  test("settles now, which is in the log", async () => {
    const cookie = await logIn();
    expect(
      (await send("/operator/settle", { token: await tokenOf(cookie), close: "yes" }, { cookie })).statusCode,
    ).toBe(303);
    expect((await logOf())[0]).toMatchObject({ action: "settle", reason: "with open lanes" });
  });

  test("sends a transaction again, or with a higher fee, and none that is over", async () => {
    const cookie = await logIn();
    const token = await tokenOf(cookie);
    const { body } = await open(cookie);
    expect(body).toContain('action="/operator/retry"');
    const push = (path: string, action: string) => send(`/operator/${path}`, { token, action }, { cookie });
    expect((await push("retry", "settle:1")).statusCode).toBe(303);
    expect((await push("bump", "settle:1")).statusCode).toBe(303);
    expect([...stage.authority.context.wishes.takeAll().values()]).toEqual(["bump"]);
    expect((await logOf()).slice(0, 2).map(({ action, subject, reason }) => [action, subject, reason])).toEqual([
      ["bump", "settle:1", "with a higher fee"],
      ["retry", "settle:1", "as it is"],
    ]);
    for (const action of ["settle:3", "settle:99", "", "' or 1=1", "x".repeat(3_000)])
      for (const path of ["retry", "bump"]) expect((await push(path, action)).statusCode).toBe(400);
    expect((await logOf()).length).toBe((await logOf()).filter(({ reason }) => reason !== "").length);
    expect(stage.authority.context.wishes.takeAll().size).toBe(0);
  });

  const paths = ["settle", "retry", "bump", "unlist", "list", "pause", "resume"].map((name) => `/operator/${name}`);
  test.each(paths)("%s is of a session and its own form alone", async (path) => {
    const [cookie, other] = [await logIn(), await logIn()];
    const fields = { infoHash: CONTENT, action: "settle:1", reason: "why", token: await tokenOf(cookie) };
    const before = (await logOf()).length;
    expect((await send(path, fields)).statusCode).toBe(401);
    expect((await send(path, { ...fields, token: "" }, { cookie })).statusCode).toBe(403);
    expect((await send(path, fields, { cookie: other })).statusCode).toBe(403);
    expect((await send(path, fields, { cookie, "sec-fetch-site": "cross-site" })).statusCode).toBe(403);
    expect((await send(path, fields, { cookie, origin: "https://evil.example" })).statusCode).toBe(403);
    expect(
      (await send(path, fields, { cookie, host: "evil.example", origin: "https://evil.example" })).statusCode,
    ).toBe(403);
    expect((await logOf()).length).toBe(before);
  });

  test.each([
    ["no reason", ""],
    ["hidden text", "a\u202eb"],
    ["more than anyone reads", "a".repeat(201)],
  ])("wants a reason, and not %s", async (_what, reason) => {
    const cookie = await logIn();
    const token = await tokenOf(cookie);
    for (const path of ["/operator/pause", "/operator/unlist"]) {
      const { statusCode } = await send(path, { token, infoHash: CONTENT, reason }, { cookie });
      expect(statusCode).toBe(400);
    }
  });
});

test("what waits to be settled is summed to the last unit, whatever the amounts", async () => {
  const { authority } = stage;
  const { db } = authority.context.store;
  expect(await readWaitingLanes(db)).toEqual({ count: 0, amount: 0n, since: null });
  const [payer, payee] = [await authority.session(accountOf(1), 21), await authority.session(accountOf(2), 22)];
  authority.chain.fund(payer.account, 10n ** 12n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  await authority.publish(CONTENT);
  const [granted] = await grantLanes(authority, payer, [payee]);
  await pushVoucher(authority, { payer, payee }, granted?.lane as number, 123n);
  expect(await readWaitingLanes(db)).toEqual({ count: 1, amount: 123n, since: authority.now });
  await db
    .updateTable("lanes")
    .set({ amount: String(2n ** 96n - 1n) })
    .execute();
  expect(await readWaitingLanes(db)).toMatchObject({ amount: 2n ** 96n - 1n });
});
