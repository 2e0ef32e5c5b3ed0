import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuthorityClient } from "../../../client/authority-client.ts";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { requestSession, signIn } from "../../../client/wallet/sign-in.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import {
  type Customer,
  logInNew,
  type RealAuthority,
  startRealAuthority,
  TRACKER_URL,
  until,
} from "../support/real-authority.ts";

const GOOD_CARD = "4242424242424242";
const DECLINED_CARD = "4000000000000002";
const LOST_CARD = "4000000000000119";

let authority: RealAuthority;
let customer: Customer;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-api-files-"));
  authority = await startRealAuthority();
  customer = await logInNew(authority);
});
afterAll(async () => {
  await authority[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const deposited = async (of: Customer, id: string) =>
  until(
    () => of.client.depositById(id),
    ({ state }) => !["charging", "charged", "sent"].includes(state),
  );

async function fund(of: Customer, amount: string): Promise<void> {
  const { id } = await of.client.deposit({ amount, card: GOOD_CARD }, randomUUID());
  expect(await deposited(of, id)).toMatchObject({ state: "credited", amount });
}

/** The customer with a client for the port at which the authority is now. */
const moved = (of: Customer): Customer => ({ ...of, client: authority.client.withSession(of) });

describe("a login", () => {
  test.each(["127.0.0.1", "localhost"])("reaches the authority as %s", async (host) => {
    const url = authority.url.replace("127.0.0.1", host);
    const { wallet, publicKey } = customer;
    const client = new AuthorityClient({ url });
    const login = await signIn(client, wallet, await client.info(), publicKey);
    expect(login).toMatchObject({ account: wallet.address });
  });
});

describe("money in", () => {
  test("a card is charged and the account credited, once, however often it is requested", async () => {
    const payer = await logInNew(authority);
    const key = randomUUID();
    const body = { amount: "5000000", card: GOOD_CARD };
    const replies = await Promise.all([1, 2, 3].map(() => payer.client.deposit(body, key)));
    expect(new Set(replies.map(({ id }) => id)).size).toBe(1);
    await deposited(payer, replies[0]?.id ?? "");
    await payer.client.deposit(body, key);
    expect(await payer.client.account()).toMatchObject({ balance: "5000000", free: "5000000", paid: "0" });
    await expect(payer.client.deposit({ ...body, amount: "1" }, key)).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
  });

  test("a declined card credits nothing", async () => {
    const payer = await logInNew(authority);
    const { id, state } = await payer.client.deposit({ amount: "100", card: DECLINED_CARD }, randomUUID());
    expect(state).toBe("declined");
    expect(await payer.client.depositById(id)).toMatchObject({ state: "declined", txHash: null });
    expect(await payer.client.account()).toMatchObject({ balance: "0" });
  });

  test("a charge whose answer was lost is credited when the card network tells", async () => {
    const payer = await logInNew(authority);
    const { id, state } = await payer.client.deposit({ amount: "100", card: LOST_CARD }, randomUUID());
    expect(state).toBe("charging");
    expect(await deposited(payer, id)).toMatchObject({ state: "credited" });
    expect(await payer.client.account()).toMatchObject({ balance: "100" });
  });
});

describe("a session", () => {
  test("is relayed for an account with a deposit, and active once confirmed", async () => {
    await fund(customer, "1000000");
    const info = await authority.client.info();
    const { sessionKey } = customer;
    await requestSession(customer.client, customer.wallet, info, { sessionKey, limit: 500n });
    const session = await until(
      () => customer.client.session(sessionKey),
      ({ state }) => state !== "pending",
    );
    expect(session).toMatchObject({ state: "active", limit: "500", spent: "0" });
  });

  test("of an account without a deposit is refused with 402", async () => {
    const poor = await logInNew(authority);
    const info = await authority.client.info();
    const request = requestSession(poor.client, poor.wallet, info, { sessionKey: poor.sessionKey, limit: 1n });
    await expect(request).rejects.toMatchObject({ name: "PaymentError", code: "DEPOSIT_REQUIRED" });
  });
});

describe("money out", () => {
  test("a withdrawal is relayed, waits for the delay, and is paid; the authority may restart in between", async () => {
    const leaver = await logInNew(authority);
    await fund(leaver, "2000000");
    const info = await authority.client.info();
    const separator = hashDomain({ chainId: info.chainId, contract: info.contract as `0x${string}` });
    const { withdrawalNonce } = await leaver.client.account();
    const terms = {
      to: leaver.wallet.address,
      amount: 1_500_000n,
      deadline: info.now + 600,
      nonce: BigInt(withdrawalNonce),
    };
    const signature = await leaver.wallet.signWithdrawal(separator, { account: leaver.wallet.address, ...terms });
    const body = { ...terms, amount: terms.amount.toString(), nonce: terms.nonce.toString(), signature };
    const { id } = await leaver.client.withdraw(body);
    expect((await leaver.client.withdraw(body)).id).toBe(id);
    const waiting = await until(
      () => leaver.client.withdrawalById(id),
      ({ state }) => state !== "requesting",
    );
    expect(waiting.state).toBe("waiting");
    expect(waiting.withdrawableAt).toBeGreaterThanOrEqual(info.now + 240);
    expect(await leaver.client.account()).toMatchObject({ withdrawing: "1500000", free: "500000" });

    await authority.restart();
    const again = moved(leaver);
    await authority.rpc("evm_increaseTime", 241);
    await authority.rpc("evm_mine");
    const paid = await until(
      () => again.client.withdrawalById(id),
      ({ state }) => state === "paid" || state === "failed",
    );
    expect(paid).toMatchObject({ state: "paid", txHash: expect.stringMatching(/^0x/) });
    expect(await again.client.account()).toMatchObject({ balance: "500000", withdrawing: "0" });
    customer = moved(customer);
  });

  test("more than the balance, or signed by someone else, is refused", async () => {
    const info = await authority.client.info();
    const { withdrawalNonce } = await customer.client.account();
    const body = { to: customer.wallet.address, deadline: info.now + 600, nonce: withdrawalNonce };
    const signature: `0x${string}` = `0x${"11".repeat(64)}1b`;
    await expect(customer.client.withdraw({ ...body, amount: "999999999", signature })).rejects.toMatchObject({
      code: "BALANCE_TOO_LOW",
    });
    await expect(customer.client.withdraw({ ...body, amount: "1", signature })).rejects.toMatchObject({
      code: "WITHDRAWAL_REFUSED",
    });
  });
});

describe("torrents", () => {
  test("are published once, found by any part of their title, and served as they came", async () => {
    const path = join(directory, "Nordlicht über Tromsø.bin");
    writeFileSync(path, Buffer.alloc(5_000_000, 7));
    const metainfo = await createMetainfo(path, { trackerUrl: TRACKER_URL, isPaid: true });
    const query = { title: "Nordlicht über Tromsø", pricePerGiB: "10000" };
    const torrent = await customer.client.publish(metainfo, query);
    expect(await customer.client.publish(metainfo, query)).toEqual(torrent);
    expect(Buffer.from(metainfo).equals(await authority.client.metainfo(torrent.infoHash))).toBe(true);
    expect((await authority.client.searchTorrents({ query: "LICHT ÜBER" })).torrents).toEqual([
      { ...torrent, isSponsored: false },
    ]);
    expect((await authority.client.searchTorrents({ query: "omsø NORD" })).torrents).toEqual([
      { ...torrent, isSponsored: false },
    ]);
    expect((await authority.client.searchTorrents({ query: "nord süd" })).torrents).toEqual([]);
    expect((await authority.client.searchTorrents({ query: "%" })).torrents).toEqual([]);
    const other = await logInNew(authority);
    await expect(other.client.publish(metainfo, query)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(customer.client.publish(metainfo, { ...query, pricePerGiB: "1" })).rejects.toMatchObject({
      code: "PRICE_INVALID",
    });
  });

  test("of another tracker, of junk, or unknown ones are refused", async () => {
    const path = join(directory, "other.bin");
    writeFileSync(path, Buffer.alloc(5_000_000, 8));
    const foreign = await createMetainfo(path, { trackerUrl: "http://127.0.0.1:9/announce", isPaid: true });
    const query = { title: "other", pricePerGiB: "1" };
    await expect(customer.client.publish(foreign, query)).rejects.toMatchObject({ code: "TORRENT_INVALID" });
    await expect(customer.client.publish(new Uint8Array([1, 2]), query)).rejects.toMatchObject({
      code: "TORRENT_INVALID",
    });
    await expect(authority.client.torrent("00".repeat(20))).rejects.toMatchObject({ code: "TORRENT_UNKNOWN" });
  });
});

describe("bad requests", () => {
  const json = { "content-type": "application/json" };
  test.each<[string, string, RequestInit & { headers?: Record<string, string> }, number, string]>([
    ["an unknown route", "/v1/nothing", {}, 404, "ROUTE_UNKNOWN"],
    ["a wrong method", "/v1/login", {}, 404, "ROUTE_UNKNOWN"],
    ["no token", "/v1/account", {}, 401, "LOGIN_REQUIRED"],
    ["junk for a token", "/v1/account", { headers: { authorization: "Bearer AAAA" } }, 401, "TOKEN_INVALID"],
    ["no JSON", "/v1/login", { method: "POST", headers: json, body: "{" }, 400, "REQUEST_INVALID"],
    ["an empty body", "/v1/login", { method: "POST", headers: json, body: "{}" }, 400, "REQUEST_INVALID"],
    [
      "a field too many",
      "/v1/login",
      { method: "POST", headers: json, body: '{"message":"","signature":"0x00","x":1}' },
      400,
      "REQUEST_INVALID",
    ],
    [
      "another content type",
      "/v1/login",
      { method: "POST", headers: { "content-type": "text/xml" }, body: "<a/>" },
      415,
      "MEDIA_TYPE_WRONG",
    ],
    [
      "a body too large",
      "/v1/login",
      { method: "POST", headers: json, body: `{"message":"${"x".repeat(300_000)}"}` },
      413,
      "BODY_TOO_LARGE",
    ],
    ["no infohash", "/v1/torrents/xyz", {}, 400, "INFOHASH_INVALID"],
    ["a limit that is no number", "/v1/torrents?limit=many", {}, 400, "REQUEST_INVALID"],
    ["a wrong cursor", "/v1/torrents?cursor=abc", {}, 400, "CURSOR_INVALID"],
    [
      "no operator secret",
      "/v1/operator/settle",
      { method: "POST", headers: json, body: '{"close":true}' },
      401,
      "OPERATOR_REQUIRED",
    ],
    [
      "no operator secret",
      "/v1/tracker/announces",
      { method: "POST", headers: json, body: "{}" },
      401,
      "OPERATOR_REQUIRED",
    ],
  ])("%s at %s", async (_name, path, init, status, code) => {
    const response = await fetch(authority.url + path, init);
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(response.status).toBe(status);
  });

  test("of customers get typed codes", async () => {
    const { client } = customer;
    await expect(client.deposit({ amount: "1", card: "4111111111111111" }, randomUUID())).rejects.toMatchObject({
      code: "CARD_INVALID",
    });
    await expect(client.deposit({ amount: "0", card: GOOD_CARD }, randomUUID())).rejects.toMatchObject({
      code: "AMOUNT_INVALID",
    });
    await expect(client.deposit({ amount: "1", card: GOOD_CARD }, "short")).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_INVALID",
    });
    await expect(client.depositById("nothing")).rejects.toMatchObject({ code: "DEPOSIT_UNKNOWN" });
    await expect(client.withdrawalById("nothing")).rejects.toMatchObject({ code: "WITHDRAWAL_UNKNOWN" });
    await expect(client.session(`0x${"12".repeat(20)}`)).rejects.toMatchObject({ code: "SESSION_UNKNOWN" });
  });
});

test("the OpenAPI document names every route", async () => {
  const document = (await (await fetch(`${authority.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(["/v1/info", "/v1/login", "/v1/torrents", "/v1/vouchers", "/v1/tracker/announces"]),
  );
});
