import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Hex, hashTypedData, recoverTypedDataAddress } from "viem";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logIn } from "../../../authority/accounts/login.ts";
import { createLoginNonces } from "../../../authority/accounts/login-nonces.ts";
import { relaySession } from "../../../authority/accounts/sessions.ts";
import type { Context } from "../../../authority/context.ts";
import { logInByWallet } from "../../../authority/operator/wallet-login.ts";
import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { TestAuthority } from "../support/context.ts";

/** What a wallet of others has signed for our pages: bytes that no code of ours made. */
interface Signed {
  readonly signature: Hex;
}
type Data = Parameters<typeof hashTypedData>[0] & { readonly message: Record<string, string> };
const FIXTURE = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/foundry-wallet.json"), "utf8")) as {
  readonly account: Address;
  readonly login: Signed & { readonly message: string };
  readonly desk: Signed & { readonly message: string };
  readonly session: Signed & { readonly data: Data };
  readonly permit: Signed & { readonly data: Data };
};
const DOMAINS = ["t.example"];
/** Of the nonces in the fixture's messages. */
const NONCE_SECRET = new Uint8Array(32).fill(5);
const SESSION_KEY = addressOfKey(publicKeyOf(new Uint8Array(32).fill(9)));

let authority: TestAuthority;
let context: Context;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  context = { ...authority.context, nonces: createLoginNonces(NONCE_SECRET) };
  // None of these needs the chain's word.
  authority.chain.verifyMessage = () => Promise.reject(new Error("the chain was asked"));
});
afterEach(() => authority.stop());

/** The same text with one letter that differs. */
const spoiled = (text: string): string => `${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}`;

test("logs its account in, once", async () => {
  const reply = await logIn(context, FIXTURE.login, DOMAINS);
  expect(reply).toMatchObject({ account: FIXTURE.account, sessionKey: SESSION_KEY });
  await expect(logIn(context, FIXTURE.login, DOMAINS)).rejects.toMatchObject({ code: "LOGIN_INVALID" });
});

test("opens the operator's desk if it owns the contract", async () => {
  authority.chain.owners.add(FIXTURE.account);
  expect(await logInByWallet(context, FIXTURE.desk, DOMAINS)).toBe(FIXTURE.account);
});

test("authorizes a device, as clear-signed data, and nothing but what it was shown", async () => {
  await logIn(context, FIXTURE.login, DOMAINS);
  const { account } = FIXTURE;
  authority.chain.fund(account, 10_000_000n);
  const { data, signature } = FIXTURE.session;
  const { limit = "", expiresAt = "" } = data.message;
  const publicKey = bytesToHex(publicKeyOf(new Uint8Array(32).fill(9)));
  const caller = { account, sessionKey: SESSION_KEY, publicKey };
  const body = { sessionKey: SESSION_KEY, limit, expiresAt: Number(expiresAt), signature };
  const authorization = { account, sessionKey: SESSION_KEY, limit: BigInt(limit), expiresAt: Number(expiresAt) };
  expect(hashTypedData(data)).toBe(bytesToHex(hashSessionAuthorization(context.separator, authorization)));
  // What its key has not signed is for the contract to judge, which refuses it here.
  authority.chain.simulation = () => ({ ok: false, reason: "SignatureInvalid()" });
  expect(await relaySession(context, caller, body)).toMatchObject({ state: "pending" });
  await expect(relaySession(context, caller, { ...body, limit: `${limit}0` })).rejects.toMatchObject({
    code: "SESSION_REFUSED",
  });
});

test("signs a permit as the token hashes it", async () => {
  const { data, signature } = FIXTURE.permit;
  expect((await recoverTypedDataAddress({ ...data, signature })).toLowerCase()).toBe(FIXTURE.account);
  const other = { ...data, message: { ...data.message, spender: spoiled(data.message.spender as string) } };
  expect((await recoverTypedDataAddress({ ...other, signature })).toLowerCase()).not.toBe(FIXTURE.account);
  expect(hexToBytes(signature)).toHaveLength(65);
});

test("is refused when one letter of what it signed differs", async () => {
  authority.chain.verifyMessage = async () => false;
  const lies = [FIXTURE.login.message.replace("one session key", "any session key"), spoiled(FIXTURE.login.message)];
  for (const message of lies)
    await expect(logIn(context, { ...FIXTURE.login, message }, DOMAINS)).rejects.toMatchObject({
      code: "LOGIN_INVALID",
    });
});
