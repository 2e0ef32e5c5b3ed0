import { privateKeyToAccount } from "viem/accounts";
import { type CreateSiweMessageParameters, createSiweMessage } from "viem/siwe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listActions } from "../../authority/store/operator/operator-actions.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { OPERATOR_RESOURCE } from "../../protocol/http/public.ts";
import { HOST, Stage } from "./support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage[Symbol.asyncDispose]());

let senders = 0;
/** Each request comes from a network of its own. */
const send = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  stage.server.inject({
    method: "POST",
    remoteAddress: `10.0.${senders++}.1`,
    url: path,
    payload: new URLSearchParams(fields).toString(),
    headers: {
      host: HOST,
      "content-type": "application/x-www-form-urlencoded",
      origin: `https://${HOST}`,
      ...headers,
    },
  });
const open = (cookie: string) => stage.server.inject({ url: "/operator", headers: { host: HOST, cookie } });

describe("the wallet of the contract's owner", () => {
  const owner = privateKeyToAccount(`0x${"51".repeat(32)}`);
  const stranger = privateKeyToAccount(`0x${"52".repeat(32)}`);
  const addressOf = (of: typeof owner) => of.address.toLowerCase() as Address;
  beforeAll(() => {
    stage.authority.chain.owners.add(addressOf(owner));
  });

  const messageOf = (of: typeof owner, more: Partial<CreateSiweMessageParameters> = {}): string => {
    const { context } = stage.authority;
    const { nonce } = context.nonces.issue(addressOf(of), context.clock.now());
    return createSiweMessage({
      ...{ address: of.address, chainId: 31_337, domain: HOST, uri: `https://${HOST}`, version: "1", nonce },
      ...{ issuedAt: new Date(context.clock.now() * 1_000), resources: [OPERATOR_RESOURCE], ...more },
    });
  };
  const logInAs = async (message: string, signer = owner, headers: Record<string, string> = {}) => {
    const signature = await signer.signMessage({ message });
    return await send("/operator/login/wallet", { message, signature }, headers);
  };

  test("opens the desk, and its address stands in the log", async () => {
    const answer = await logInAs(messageOf(owner));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["set-cookie"]).toMatch(/^floodgate-operator=[0-9a-f]{64}; Path=\/operator; HttpOnly; SameS/);
    const cookie = String(answer.headers["set-cookie"]).split(";")[0] as string;
    const { body } = await open(cookie);
    expect(body).toContain("Promised");
    const token = /name="token" value="([0-9a-f]{64})"/.exec(body)?.[1] as string;
    expect((await send("/operator/settle", { token }, { cookie })).statusCode).toBe(303);
    const [newest] = await listActions(stage.authority.context.store.db, 1);
    expect(newest).toMatchObject({ action: "settle", login: addressOf(owner) });
    // The contract has another owner: the login does nothing any more.
    stage.authority.chain.owners.clear();
    expect((await send("/operator/settle", { token }, { cookie })).statusCode).toBe(401);
    stage.authority.chain.owners.add(addressOf(owner));
  });

  const REFUSED: readonly (readonly [string, () => string, typeof owner, string])[] = [
    ["a wallet that owns nothing", () => messageOf(stranger), stranger, "OPERATOR_REQUIRED"],
    ["another wallet's signature", () => messageOf(owner), stranger, "LOGIN_INVALID"],
    [
      "a login to an account",
      () => messageOf(owner, { resources: [`urn:floodgate:session:0x02${"11".repeat(32)}`] }),
      ...([owner, "LOGIN_INVALID"] as const),
    ],
    [
      "a message that names more",
      () => messageOf(owner, { resources: [OPERATOR_RESOURCE, "x:y"] }),
      ...([owner, "LOGIN_INVALID"] as const),
    ],
    ["a login at another host", () => messageOf(owner, { domain: "evil.example" }), owner, "LOGIN_INVALID"],
    ["a login on another chain", () => messageOf(owner, { chainId: 1 }), owner, "LOGIN_INVALID"],
    ["a nonce of nobody", () => messageOf(owner, { nonce: "12345678" }), owner, "LOGIN_INVALID"],
    ["an old message", () => messageOf(owner, { issuedAt: new Date(0) }), owner, "LOGIN_INVALID"],
    ["no message", () => "hello", owner, "LOGIN_INVALID"],
  ];
  test.each(REFUSED)("%s opens nothing", async (_what, message, signer, code) => {
    const answer = await logInAs(message(), signer);
    expect([answer.statusCode, answer.json().code]).toEqual([401, code]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("logs in once with one message, from this site's page alone", async () => {
    const message = messageOf(owner);
    expect((await logInAs(message, owner, { "sec-fetch-site": "cross-site" })).statusCode).toBe(403);
    expect((await logInAs(message, owner, { origin: "https://evil.example" })).statusCode).toBe(403);
    expect((await logInAs(message)).statusCode).toBe(200);
    expect((await logInAs(message)).json()).toMatchObject({ code: "LOGIN_INVALID" });
    expect((await send("/operator/login/wallet", { message: messageOf(owner), signature: "0x" })).statusCode).toBe(401);
    expect((await send("/operator/login/wallet", { message: "a".repeat(40_000) })).statusCode).toBe(413);
  });

  test("opens no account by a login at the desk", async () => {
    const message = messageOf(owner);
    const body = { message, signature: await owner.signMessage({ message }) };
    const reply = await stage.server.inject({ method: "POST", url: "/v1/login", payload: body });
    expect(reply.json()).toMatchObject({ code: "LOGIN_INVALID" });
  });
});
